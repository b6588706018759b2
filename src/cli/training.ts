/** Training in a folder: a run that begins, or one that goes on. */
import { basename, join, resolve } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import { readDataset } from "../data/files.ts";
import { describeDataset } from "../data/summary.ts";
import { VrnnError } from "../errors.ts";
import type { ResumeRequest, TrainingJob, TrainingPlan } from "../operations/context.ts";
import { usageError } from "../options.ts";
import { readRunData, requireSameData } from "../run/data.ts";
import { RunFolder } from "../run/folder.ts";
import { type Inheritance, inheritanceNote, inheritWeights } from "../run/inherit.ts";
import { modelOf, newConfig, openRun } from "../run/run.ts";
import { type RunConfig, runConfig } from "../run/run-config.ts";
import { type RunStart, trainRun } from "../run/train.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Where training takes place. */
export interface Workshop {
  /** The data, if they were named. */
  readonly path: string | undefined;
  readonly runtime: () => Promise<Runtime>;
  readonly signal: () => AbortSignal;
}

/** @throws VrnnError `usage/option` without data, `run/exists`, `data/...`, `run/nothing-inherited` */
export function newJob({ out, force = false, from, ...plan }: TrainingPlan, workshop: Workshop): TrainingJob {
  const { path } = workshop;
  if (path === undefined)
    throw usageError("there is nothing to train on", "give a file: vrnn train data.csv");
  const folder = out ?? folderFor(path);
  if (!force && RunFolder.isRun(folder)) throw runExists(folder);
  const data = readDataset(path, plan.schema);
  const config = newConfig({ ...plan, path, data });
  const inherited = from === undefined ? undefined : inheritedBy(config, from);
  const job = jobOf({ path: folder, config, data, start: force ? "replace" : "new", inherited }, workshop);
  if (inherited === undefined) return job;
  return { ...job, notes: [...job.notes, inheritanceNote(inherited, from as string)] };
}

/**
 * `--resume runs/x` names the run; after other arguments, as in `vrnn train data.csv --out runs/x --resume`, --out does.
 *
 * @throws VrnnError `usage/option` when none is named, `run/...`, `data/...`
 */
export function resumedJob({ resume, out, settle }: ResumeRequest, workshop: Workshop): TrainingJob {
  const { path } = workshop;
  const usual = out ?? (path === undefined ? undefined : folderFor(path));
  const folder = resume === "" ? usual : resume;
  if (folder === undefined)
    throw usageError("--resume does not say which run", "vrnn train --resume runs/name");
  const config = settle(RunFolder.open(folder, runConfig).config, folder);
  const data = readRunData(config, path);
  requireSameData(config, data, path ?? config.data.path);
  return jobOf({ path: folder, config, data, start: "resume" }, workshop);
}

/** What is to be trained, and where. */
interface Job {
  readonly path: string;
  readonly config: RunConfig;
  readonly data: Dataset;
  readonly start: RunStart;
  readonly inherited?: Inheritance | undefined;
}

function jobOf({ inherited, ...job }: Job, { runtime, signal }: Workshop): TrainingJob {
  const { path, data, config } = job;
  return {
    path,
    data,
    epochs: config.training.epochs,
    notes: describeDataset(data),
    async *events() {
      const from = inherited?.weights;
      yield* trainRun({ ...job, runtime: await runtime(), signal: signal(), from });
    },
    report: async (result) => {
      const { writeRunReport } = await import("../run/run-report.ts"); // what draws is heavy to load
      return writeRunReport(openRun(path), data, await runtime(), result);
    },
  };
}

function inheritedBy(config: RunConfig, from: string): Inheritance {
  const tensors = RunFolder.open(from, runConfig).weights();
  return inheritWeights(modelOf(config).parameters, tensors, config.training.seed, from);
}

const folderFor = (path: string): string => join("runs", basename(resolve(path)).split(".")[0] || "run");

const runExists = (folder: string): VrnnError =>
  new VrnnError("run/exists", "there is a run in this folder already", {
    at: folder,
    remedy: `go on with vrnn train --resume ${folder}, start over with --force, or choose another folder with --out`,
  });
