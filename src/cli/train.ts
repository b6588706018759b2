import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import type { Dataset } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import type { RunConfig } from "../run/run-config.ts";
import type { ResultEvent, RunStart } from "../run/train.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { duration, grouped, nats } from "../text/figures.ts";
import type { CliCommand } from "./command.ts";
import { usageError } from "./errors.ts";
import { printJson } from "./output.ts";
import { trainingProgress } from "./progress.ts";
import { addSettings, completeSettings, type Given, givenSettings, resumedConfig } from "./settings.ts";
import { stopOnSignals } from "./signals.ts";
import { tell } from "./terminal.ts";

interface Options {
  readonly out?: string;
  readonly resume?: string | true;
  readonly force?: true;
  readonly json?: true;
}

/** What is to be trained, and where. */
interface Job {
  readonly path: string;
  readonly config: RunConfig;
  readonly data: Dataset;
  readonly start: RunStart;
}

export const train: CliCommand = {
  name: "train",
  summary: "train a model on sequences in a file or folder",
  define: (command) => {
    command
      .argument(
        "[data]",
        "CSV, TSV, JSONL, MIDI, drawings (.npz) or piano rolls and drawings as JSON (each also .gz), or a folder",
      )
      .option("--out <folder>", "where the run is kept (default: runs/<name of the data>)")
      .option("--resume [run]", "go on with a run that was stopped")
      .option("--force", "start over where a run is already")
      .option("--json", "print one JSON object on stdout");
    addSettings(command);
    command.action((data: string | undefined, options: Options) => run(data, options, command));
  },
};

async function run(path: string | undefined, options: Options, command: Command): Promise<void> {
  const given = givenSettings(command);
  const job =
    options.resume === undefined
      ? await newJob(path, options, given)
      : await resumedJob(path, options, given);
  const started = performance.now();
  const result = await work(job);
  if (result === undefined) return;
  const seconds = (performance.now() - started) / 1000;
  tellResult(job.path, result, seconds);
  if (options.json) printJson(summary(job.path, result, seconds));
}

function tellResult(path: string, { parameters, epoch, bounds }: ResultEvent, seconds: number): void {
  tell(`${grouped(parameters)} parameters, ${epoch} epochs in ${duration(seconds)}`);
  for (const [split, bound] of Object.entries(bounds))
    tell(`${split.padEnd(5)}  ${bound === null ? "(empty)" : `${nats(bound.natsPerStep)} nats per step`}`);
  tell(`saved in ${path}`);
}

const summary = (path: string, { parameters, epoch, bounds }: ResultEvent, seconds: number) => ({
  run: path,
  parameters,
  epochs: epoch,
  seconds,
  ...Object.fromEntries(
    Object.entries(bounds).map(([split, bound]) => [split, bound ?? { natsPerStep: null }]),
  ),
});

async function newJob(path: string | undefined, { out, force }: Options, given: Given): Promise<Job> {
  if (path === undefined)
    throw usageError("there is nothing to train on", "give a file: vrnn train data.csv");
  const settings = completeSettings(given);
  const folder = out ?? join("runs", dataName(path));
  const { RunFolder } = await import("../run/folder.ts");
  if (!force && RunFolder.isRun(folder)) throw runExists(folder);
  const [{ readDataset }, { newConfig }] = await Promise.all([
    import("../data/files.ts"),
    import("../run/run.ts"),
  ]);
  const data = readDataset(path, settings.schema);
  await describe(data);
  const config = newConfig({ family: "vrnn", ...settings, path, data });
  return { path: folder, config, data, start: force ? "replace" : "new" };
}

/** `--resume runs/x` names the run; after other arguments, as in `vrnn train data.csv --out runs/x --resume`, --out does. */
async function resumedJob(
  path: string | undefined,
  { out, resume, force }: Options,
  given: Given,
): Promise<Job> {
  if (force) throw usageError("--resume and --force exclude each other");
  const folder =
    typeof resume === "string"
      ? resume
      : (out ?? (path === undefined ? undefined : join("runs", dataName(path))));
  if (folder === undefined)
    throw usageError("--resume does not say which run", "vrnn train --resume runs/name");
  const [{ RunFolder }, { runConfig }, { readRunData, requireSameData }] = await Promise.all([
    import("../run/folder.ts"),
    import("../run/run-config.ts"),
    import("../run/data.ts"),
  ]);
  const saved = RunFolder.open(folder, runConfig).config;
  const config = resumedConfig(saved, given, folder);
  const data = readRunData(config, path);
  requireSameData(config, data, path ?? config.data.path);
  await describe(data);
  return { path: folder, config, data, start: "resume" };
}

const dataName = (path: string): string => basename(resolve(path)).split(".")[0] || "run";

const runExists = (folder: string): VrnnError =>
  new VrnnError("run/exists", "there is a run in this folder already", {
    at: folder,
    remedy: `go on with vrnn train --resume ${folder}, start over with --force, or choose another folder with --out`,
  });

async function describe(data: Dataset): Promise<void> {
  const { describeDataset } = await import("../data/summary.ts");
  for (const line of describeDataset(data)) tell(line);
}

/** Trains and shows how it goes; the result, or undefined when it was asked to stop. */
async function work({ path, config, data, start }: Job): Promise<ResultEvent | undefined> {
  const [{ trainRun }, { nodeRuntime }] = await Promise.all([
    import("../run/train.ts"),
    import("../runtime/node.ts"),
  ]);
  const runtime = nodeRuntime();
  const stop = stopOnSignals();
  const progress = trainingProgress(process.stderr, config.training.epochs);
  let result: ResultEvent | undefined;
  try {
    for await (const event of trainRun({ path, config, data, runtime, start, signal: stop.signal })) {
      progress.show(event);
      if (event.type === "result") {
        result = event;
        await report(path, data, runtime, event);
      }
      if (event.type === "end" && event.reason === "interrupted") stopped(path, event.step, stop.status());
    }
  } finally {
    progress.close();
    stop.release();
  }
  return result;
}

/** A run without a report is still a run: what keeps it from being drawn is told, and no failure. */
async function report(path: string, data: Dataset, runtime: Runtime, result: ResultEvent): Promise<void> {
  const [{ openRun }, { writeRunReport }] = await Promise.all([
    import("../run/run.ts"),
    import("../run/run-report.ts"),
  ]);
  try {
    tell(`report: ${await writeRunReport(openRun(path), data, runtime, result)}`);
  } catch (error) {
    if (!(error instanceof VrnnError)) throw error;
    tell(`no report: ${error.message}`);
  }
}

function stopped(path: string, step: number, status: number | undefined): void {
  tell(`stopped after step ${step}; go on with: vrnn train --resume ${path}`);
  process.exitCode = status ?? 1;
}
