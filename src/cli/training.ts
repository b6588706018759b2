/** Training in a folder: a run that begins, or one that goes on. */
import { join, resolve } from "node:path";
import { collinearNotes } from "../data/collinear.ts";
import { type Dataset, SPLIT_NAMES } from "../data/dataset.ts";
import { withCalendar } from "../data/derived/names.ts";
import { isEncoder } from "../data/encoder-path.ts";
import { type FieldDataset, fieldDatasetOf, tableDataset } from "../data/field-dataset.ts";
import { readDataset } from "../data/files.ts";
import { encodedMaterial, onlyFile, readAgainBy, readerFor, readFields } from "../data/files-fields.ts";
import type { Notice } from "../data/notice.ts";
import { wholeSpans } from "../data/plan.ts";
import { describeDataset, describeFields } from "../data/summary.ts";
import { unobservedNotes } from "../data/unobserved.ts";
import { VrnnError } from "../errors.ts";
import { type ModelFamily, modelDataOf } from "../models/family.ts";
import { loadFamily } from "../models/loading.ts";
import { resumedConfig } from "../operations/train-resumed.ts";
import { ANNOUNCED, twinTrained } from "../operations/train-twin.ts";
import type { ResumeRequest, TrainingJob, TrainingPlan } from "../operations/training.ts";
import { usageError } from "../options.ts";
import { digestOf, digestOfSources, requireSameDigest } from "../run/digest.ts";
import { RunFolder, TWIN } from "../run/folder.ts";
import { modelOf, newConfig, newFieldsConfig, openRun } from "../run/run.ts";
import { type RunConfig, runConfig } from "../run/run-config.ts";
import { labelOfRun } from "../run/run-fields.ts";
import { nameOfData } from "../run/run-place.ts";
import { toldBy } from "../run/told-label.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type Inheritance, inheritanceNote, inheritWeights } from "../train/inherit.ts";
import { updatesPerEpoch, usualLength } from "../train/length.ts";
import type { TrainingOptions } from "../train/options.ts";
import { counted } from "../words/figures.ts";
import { centredData } from "../workbench/centres.ts";
import { chooseEmissions } from "../workbench/choose.ts";
import { readerOfRun, readRunFields, withEncoderAt } from "../workbench/field-data.ts";
import { readRunData } from "../workbench/run-data.ts";
import { budgetSeconds, searchSettings } from "../workbench/search.ts";
import { chosenStates, refuseChoice } from "../workbench/states.ts";
import { type RunStart, trainRun } from "../workbench/train.ts";
import { TRIAL_UPDATES } from "../workbench/trial.ts";
import { twinOf } from "../workbench/twin.ts";
import { refuseUnencoded } from "../workbench/unencoded.ts";
import { usualWidth } from "../workbench/width.ts";
import { refuseUnread } from "./unread.ts";

/** Where training takes place. */
export interface Workshop {
  /** The data, if they were named. */
  readonly path: string | undefined;
  /** Further files, where several were named. */
  readonly more: readonly string[];
  readonly runtime: () => Promise<Runtime>;
  readonly signal: () => AbortSignal;
  readonly notice: Notice;
}

/** @throws VrnnError `usage/option` without data, `run/exists`, `data/...`, `run/nothing-inherited` */
export async function newJob(
  { out, force = false, from, twin: hasTwin, ...plan }: TrainingPlan,
  workshop: Workshop,
): Promise<TrainingJob> {
  const { path } = workshop;
  if (path === undefined)
    throw usageError("there is nothing to train on", "give a file: vrnn train data.csv");
  const folder = out ?? folderFor(path);
  if (!force && RunFolder.isRun(folder)) throw runExists(folder);
  if (plan.budget !== undefined) budgetSeconds(plan.budget); // refused before anything is read
  const { data, config } = await begun(plan, path, workshop);
  if (hasTwin === false && twinOf(config) === undefined)
    throw usageError(
      "option '--no-twin' has no effect: only models of text with latent variables have one",
      "leave it out",
    );
  const start = force ? "replace" : "new";
  return jobOf({ path: folder, config, data, start, from, hasTwin }, workshop);
}

/** Whether covariates are made of the times unasked: expectation maximisation reads numbers, and most of these are categories. */
const takesCalendar = ({ has, usual }: ModelFamily): boolean =>
  has.includes("conditions") && usual?.training?.learner !== "em";

/** The data of a new run, and its configuration. */
async function begun(
  plan: Omit<TrainingPlan, "out" | "force" | "from">,
  path: string,
  workshop: Workshop,
): Promise<Pick<Job, "data" | "config">> {
  const { more, notice } = workshop;
  const reader = readerFor(path, plan.schema);
  if (reader === undefined) {
    const family = await loadFamily(plan.family);
    const read = readDataset(
      [path, ...more],
      takesCalendar(family) ? withCalendar(plan.schema) : plan.schema,
    );
    refuseUnread(plan.schema, read, path);
    // A table has no transcripts: said before anything is tried on it.
    if (family.has.includes("transcripts")) family.build(modelDataOf(tableDataset(read).fields), plan.model);
    notice([...read.notes, ...collinearNotes(read), ...unobservedNotes(read)]);
    const training = await lengthened(plan, tableDataset(read), notice);
    const steps = read.splits.train.reduce((sum, { length }) => sum + length, 0);
    const { seed } = training;
    const chosen = chosenStates({ model: plan.model, family, data: read, seed, notice });
    const sized = plan.untold?.width ? usualWidth(chosen, steps, notice) : chosen;
    const choosing = { model: sized, training, data: read, notice };
    const { model, data } = (await isOpen(plan, training, read))
      ? await chooseEmissions({ ...choosing, runtime: await workshop.runtime() })
      : { model: sized, data: centredData(read, sized) };
    const { scaleSteps } = data;
    const schema = { ...plan.schema, ...(scaleSteps !== undefined && { scaleSteps }) };
    const settings = await searched({ ...plan, schema, model, training }, data, workshop);
    return { data, config: newConfig({ ...settings, path, more, data }) };
  }
  refuseChoice(plan.model);
  refuseUnencoded(plan, encodedMaterial(reader, plan.schema)); // said before an encoder reads all data
  const data = await readFields(reader, onlyFile(path, more), plan.schema);
  refuseUnread(plan.schema, data, path);
  notice([...data.notes, ...untriedNotes(plan, data)]);
  const training = await widened(plan, data, notice);
  const settings = await searched(
    { ...plan, training: await lengthened({ ...plan, training }, data, notice) },
    data,
    workshop,
  );
  const schema = readAgainBy(reader, plan.schema, data);
  return { data, config: await newFieldsConfig({ ...settings, schema, path, data }) };
}

/** The settings that a search finds, where one is asked for. */
async function searched(
  { untold: _, budget, ...settings }: TrainingPlan,
  data: FieldDataset | Dataset,
  { runtime, notice }: Workshop,
): Promise<Omit<TrainingPlan, "untold" | "budget">> {
  if (budget === undefined) return settings;
  if (settings.training.learner !== "gradient")
    throw usageError("option '--budget': only what is learnt by gradients is searched", "leave it out");
  const { readout } = toldBy(settings.training.objective, fieldDatasetOf(data).fields);
  const searching = {
    ...settings,
    budget: budgetSeconds(budget),
    data,
    label: readout?.field,
    runtime: await runtime(),
    notice,
  };
  return { ...settings, ...(await searchSettings(searching)) };
}

/** Whether ways to tell the columns are to be tried: not for a training that is no longer than a trial. */
async function isOpen({ untold }: TrainingPlan, training: TrainingOptions, data: Dataset): Promise<boolean> {
  if (untold?.emissions !== true || tableDataset(data).modality.name !== "table") return false;
  const updates = updatesPerEpoch(await tableDataset(data).splits.train.index(), training);
  return updates * training.epochs >= TRIAL_UPDATES;
}

/** What is told of tables that are read in parts: nothing is tried on them. */
const untriedNotes = ({ untold }: TrainingPlan, { modality }: FieldDataset): readonly string[] =>
  modality.name === "table" && untold?.emissions === true
    ? [
        "columns are told as usual, around their means: no other ways are tried on a table that is read in parts (--center and --emission name one)",
      ]
    : [];

/** The options of training, with windows as long as the longest sequence where transcripts are told of it and nobody said how long. */
async function widened(
  { family, training, untold }: TrainingPlan,
  { splits }: FieldDataset,
  notice: Notice,
): Promise<TrainingOptions> {
  if (untold?.window !== true || !(await loadFamily(family)).has.includes("transcripts")) return training;
  const indices = await Promise.all(SPLIT_NAMES.map((split) => splits[split].index()));
  const longest = Math.max(...indices.flat().map(({ length }) => length));
  if (longest <= training.window) return training;
  notice([`windows are of ${longest} steps, as long as the longest utterance: it is heard as a whole`]);
  return { ...training, window: longest };
}

/** The options of training, as long as the data ask for where nobody said how long. */
async function lengthened(
  { family, training, untold }: TrainingPlan,
  { splits }: FieldDataset,
  notice: Notice,
): Promise<TrainingOptions> {
  if (training.learner !== "gradient") return training;
  const { usual } = await loadFamily(family);
  const isWarmedAsUsual = usual?.training?.["warmupSteps"] === training.warmupSteps;
  if (untold?.epochs !== true && !isWarmedAsUsual) return training; // the data need not be counted
  const updates = updatesPerEpoch(await splits.train.index(), training);
  const long = untold?.epochs === true ? { ...training, ...usualLength(updates) } : training;
  const most = Math.ceil(WARMED_UP * updates * long.epochs);
  if (!isWarmedAsUsual || long.warmupSteps <= most) return long;
  notice([
    `the learning rate rises over ${most} of ${updates * long.epochs} updates, not over ${long.warmupSteps} as usual`,
  ]);
  return { ...long, warmupSteps: most };
}

/** The usual warm-up of a family takes this share of a training at most. */
const WARMED_UP = 0.1;

/**
 * `--resume runs/x` names the run; after other arguments, as in `vrnn train data.csv --out runs/x --resume`, --out does.
 *
 * @throws VrnnError `usage/option` when none is named, `run/...`, `data/...`
 */
export async function resumedJob(
  { resume, out, given, twin: hasTwin = true }: ResumeRequest,
  workshop: Workshop,
): Promise<TrainingJob> {
  const { path, more } = workshop;
  const usual = out ?? (path === undefined ? undefined : folderFor(path));
  const folder = resume === "" ? usual : resume;
  if (folder === undefined)
    throw usageError("--resume does not say which run", "vrnn train --resume runs/name");
  const config = encoderPlaced(resumedConfig(given, RunFolder.open(folder, runConfig).config, folder));
  const told: string[] = [];
  const notice = (notes: readonly string[]) => void told.push(...notes);
  const reader = readerOfRun(config);
  const data =
    reader === undefined
      ? readRunData(config, notice, path === undefined ? undefined : [path, ...more])
      : await readRunFields(reader, config, notice, path);
  const digest = "fields" in data ? await digestOfSources(data) : digestOf(data);
  requireSameDigest(config, digest, path ?? config.data.path);
  workshop.notice(told); // of data that are refused nothing else is told
  // A run that ended without a twin was to have none.
  const isWanted = RunFolder.isRun(join(folder, TWIN)) || !RunFolder.open(folder, runConfig).isConcluded;
  return jobOf({ path: folder, config, data, start: "resume", hasTwin: hasTwin && isWanted }, workshop);
}

/** A run whose encoder, which may have been moved, is found from any folder. */
function encoderPlaced(config: RunConfig): RunConfig {
  const { features } = config.data.schema;
  return features !== undefined && isEncoder(features) ? withEncoderAt(config, resolve(features)) : config;
}

/** What is to be trained, and where. */
interface Job {
  readonly path: string;
  readonly config: RunConfig;
  readonly data: FieldDataset | Dataset;
  readonly start: RunStart;
  /** The run whose weights it begins with. */
  readonly from?: string | undefined;
  /** Whether a model of text with latent variables has a twin without; so unless told. */
  readonly hasTwin?: boolean | undefined;
}

async function jobOf({ from, hasTwin = true, ...job }: Job, workshop: Workshop): Promise<TrainingJob> {
  const { runtime, signal } = workshop;
  const { path, data, config } = job;
  const begins = from === undefined ? undefined : inheritedBy(config, from);
  if (begins !== undefined) workshop.notice([inheritanceNote(begins, from as string)]);
  const twin = hasTwin ? twinOf(config) : undefined;
  const description = "fields" in data ? await describeFields(data) : describeDataset(data);
  return {
    path,
    epochs: config.training.epochs,
    description: [...description, ...(await choiceNotes(job)), ...(twin ? [ANNOUNCED] : [])],
    async *events() {
      try {
        yield* trainRun({ ...job, runtime: await runtime(), signal: signal(), from: begins?.weights });
      } finally {
        if ("fields" in data) for (const source of Object.values(data.splits)) await source.close();
      }
    },
    ...(twin && {
      beside: (work) =>
        twinTrained(() => jobOf({ ...twinPlace(job), config: twin, data, from }, workshop), work),
    }),
    report: async (result) => {
      const { writeRunReport } = await import("../workbench/run-report.ts"); // what draws is heavy to load
      return writeRunReport(openRun(path), data, await runtime(), result);
    },
  };
}

/** With fewer labels than these, one more or less that is told rightly says little of an epoch. */
const FEW_LABELS = 50;

/** What is said where little or nothing says which epoch is the best. */
async function choiceNotes({ data, config }: Job): Promise<string[]> {
  const { splits } = fieldDatasetOf(data);
  const valid = await splits.valid.index();
  if (valid.length === 0)
    return [
      "nothing validates: the best epoch is chosen by the training data, whose figures are told as those of valid",
    ];
  const { readout } = config;
  if (readout === undefined || labelOfRun(config)?.axis !== "none") return [];
  let labels = 0;
  for await (const { values } of splits.valid.open(wholeSpans(valid)))
    if (Number(values[readout.field]?.[0] ?? -1) >= 0 && ++labels >= FEW_LABELS) return [];
  return [
    `${counted(labels, "label")} of the validation split choose the epoch, which is few: a larger share of the data (--split) chooses better`,
  ];
}

/** Where the twin of a run is trained: anew with a new run, else where it stopped. */
function twinPlace({ path, start }: Job): Pick<Job, "path" | "start"> {
  const own = join(path, TWIN);
  if (start === "resume") return { path: own, start: RunFolder.isRun(own) ? "resume" : "new" };
  return { path: own, start: "replace" };
}

function inheritedBy(config: RunConfig, from: string): Inheritance {
  const tensors = RunFolder.open(from, runConfig).weights();
  return inheritWeights(modelOf(config).parameters, tensors, config.training.seed, from);
}

const folderFor = (path: string): string => join("runs", nameOfData(path));

const runExists = (folder: string): VrnnError =>
  new VrnnError("run/exists", "there is a run in this folder already", {
    at: folder,
    remedy: `go on with vrnn train --resume ${folder}, start over with --force, or choose another folder with --out`,
  });
