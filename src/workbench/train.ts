import { join } from "node:path";
import { type Dataset, SPLIT_NAMES, type SplitName } from "../data/dataset.ts";
import { isEncoded } from "../data/encoded.ts";
import { type FieldDataset, fieldDatasetOf } from "../data/field-dataset.ts";
import { oneOfEach } from "../data/one-of-each.ts";
import { tokenizerJson } from "../data/text/tokenizer-json.ts";
import { modelFamilies } from "../models/families.ts";
import { countOf } from "../nn/parameters.ts";
import { RunFolder } from "../run/folder.ts";
import { modelOf } from "../run/run.ts";
import { type RunConfig, runConfig } from "../run/run-config.ts";
import { checkpointOf, stateOf, storedCursor } from "../run/stored.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { blockwiseUpdate } from "../train/blockwise-update.ts";
import type { BoundSummary, EndEvent, EpochEvent, TrainingEvent } from "../train/events.ts";
import { type Learner, type LearnerRow, learners } from "../train/learners.ts";
import { piecewiseGradient } from "../train/piecewise.ts";
import { refuseUnreadBy } from "../train/unread.ts";
import { rereadBy } from "./reread.ts";
import { refuseUnencoded } from "./unencoded.ts";

/** Whether a run begins, begins in the place of an earlier one, or goes on. */
export type RunStart = "new" | "replace" | "resume";

/** A run that begins or goes on. */
export interface TrainRunOptions {
  /** The folder of the run. */
  readonly path: string;
  /** When the run goes on it may differ from the saved one in the number of epochs. */
  readonly config: RunConfig;
  readonly data: FieldDataset | Dataset;
  readonly runtime: Runtime;
  readonly start: RunStart;
  /** Stops training after the step under way; the run is saved. */
  readonly signal?: AbortSignal;
  readonly saving?: SavingIntervals;
  /** `[P]`: what a new run begins with, in the place of weights drawn from the seed. */
  readonly from?: Float32Array | undefined;
}

/** The least time from one checkpoint to the next, in milliseconds. The first epoch's end is always saved. */
export interface SavingIntervals {
  /** At the end of an epoch. */
  readonly epoch: number;
  /** Amid an epoch. */
  readonly step: number;
}

/** A checkpoint is on the disk. */
export interface SavedEvent {
  readonly type: "saved";
  readonly step: number;
}

/** What came out: the bounds of all splits under the best weights; null for an empty split. */
export interface ResultEvent {
  readonly type: "result";
  readonly step: number;
  readonly epoch: number;
  /** How many numbers were trained. */
  readonly parameters: number;
  readonly bounds: Readonly<Record<SplitName, BoundSummary | null>>;
  /** `[P]`: the best weights, and those after the last step. */
  readonly weights: Float32Array;
  readonly lastWeights: Float32Array;
}

/** What happens while a run is trained. */
export type RunTrainingEvent = TrainingEvent | SavedEvent | ResultEvent;

const usualIntervals: SavingIntervals = { epoch: 2_000, step: 20_000 };

/**
 * Trains a model in a folder: events go to its metrics, checkpoints are saved on the way and at the end, also when the
 * signal stops it. However often it is stopped or killed, a run that is resumed ends with the same weights, bit for
 * bit, as one that never was.
 *
 * Nothing is written before the model has been built and compiled.
 *
 * @throws VrnnError `usage/option` for an option that has no effect on a new run's model, `run/exists`, `run/locked`, `file/write`, `checkpoint/...`, `train/not-finite`; the last good
 * checkpoint stays.
 * @example
 * for await (const event of trainRun({ path: "runs/jsb", config, data, runtime, start: "new" })) {
 *   if (event.type === "result") console.log(event.bounds.test?.natsPerStep); // -7.5
 * }
 */
export async function* trainRun(options: TrainRunOptions): AsyncGenerator<RunTrainingEvent> {
  const { config, data, runtime, signal, from } = options;
  const model = modelOf(config);
  if (options.start !== "resume") {
    refuseUnreadBy(model, { ...config, family: modelFamilies[config.family] });
    refuseUnencoded(config, isEncoded(config.modality) ? config.modality.name : undefined);
  }
  const row: LearnerRow = learners[config.training.learner];
  const settings = { model, data, options: config.training, runtime, from };
  const reread = rereadBy(config);
  const learner = await row.create({
    ...settings,
    piecewise: piecewiseGradient,
    compileUpdate: blockwiseUpdate,
    drawn: oneOfEach,
    ...(reread && { reread }),
  });
  let folder: RunFolder<RunConfig> | undefined;
  try {
    folder = openFolder(options, learner);
    const saving = new Saving(folder, learner, options.saving);
    // What it begins with is in no configuration: a run that is killed before its first save could not go on from it.
    if (options.from !== undefined && options.start !== "resume") saving.saveStart();
    for await (const event of learner.fit(signal)) {
      if (event.type === "epoch") folder.append(epochMetrics(event));
      if (saving.isDue(event)) yield await saving.save(event);
      yield event;
      if (event.type === "end" && event.reason !== "interrupted")
        yield await conclude(folder, learner, fieldDatasetOf(data), event);
    }
  } finally {
    folder?.unlock();
    await learner.dispose();
  }
}

/** The folder, locked, with the learner where its last checkpoint stands. */
function openFolder({ path, config, start }: TrainRunOptions, learner: Learner): RunFolder<RunConfig> {
  if (start !== "resume") {
    const made = RunFolder.create(path, config, start === "replace");
    const tokenizer = tokenizerOf(config);
    if (tokenizer !== undefined) made.writeTokenizer(tokenizer);
    return made;
  }
  const folder = RunFolder.open(path, runConfig);
  folder.lock();
  try {
    const checkpoint = folder.resume(storedCursor);
    const at = join(path, "state.safetensors");
    if (checkpoint !== undefined) learner.resume(stateOf(learner.model.parameters, checkpoint, at));
    if (JSON.stringify(folder.config) !== JSON.stringify(config)) folder.configure(config);
    return folder;
  } catch (cause) {
    folder.unlock();
    throw cause;
  }
}

/** The file that says to other tools how text becomes tokens, where there is a form for it. */
function tokenizerOf({ fields: { x } }: RunConfig): string | undefined {
  return x?.kind === "tokens" ? tokenizerJson(x.vocabulary) : undefined;
}

/** Decides by the clock when to save; when it does has no effect on the weights. */
class Saving {
  readonly #folder: RunFolder<RunConfig>;
  readonly #learner: Learner;
  readonly #intervals: Readonly<Record<TrainingEvent["type"], number>>;
  #last = performance.now();
  #epochSaved = false;

  constructor(folder: RunFolder<RunConfig>, learner: Learner, intervals = usualIntervals) {
    this.#folder = folder;
    this.#learner = learner;
    this.#intervals = { ...intervals, end: 0 };
  }

  isDue(event: TrainingEvent): boolean {
    if (event.type === "epoch" && !this.#epochSaved) return true;
    // After the last step of an epoch its end follows at once: saved in between, its metrics would be told twice.
    if (event.type === "step" && event.progress === 1) return false;
    return performance.now() - this.#last >= this.#intervals[event.type];
  }

  saveStart(): void {
    this.#folder.save(checkpointOf(this.#learner.model.parameters, this.#learner.state));
  }

  async save({ type, step }: TrainingEvent): Promise<SavedEvent> {
    await this.#learner.download();
    this.#folder.save(checkpointOf(this.#learner.model.parameters, this.#learner.state));
    this.#last = performance.now();
    this.#epochSaved ||= type === "epoch";
    return { type: "saved", step };
  }
}

const epochMetrics = ({ step, epoch, train, valid, best }: EpochEvent) => ({
  step,
  epoch,
  ...boundMetrics("train", train),
  ...boundMetrics("valid", valid),
  best,
});

/** The bound is called by the name of the first objective, whatever it is: reports of old and new runs read it. */
const boundMetrics = (name: string, { natsPerStep, ...figures }: BoundSummary) => ({
  [`${name}/elbo`]: natsPerStep,
  ...Object.fromEntries(Object.entries(figures).map(([figure, value]) => [`${name}/${figure}`, value])),
});

/** The bounds at the end, also for the metrics, once. */
async function conclude(
  folder: RunFolder<RunConfig>,
  learner: Learner,
  { splits }: FieldDataset,
  { step, epoch }: EndEvent,
): Promise<ResultEvent> {
  const bounds: Partial<Record<SplitName, BoundSummary | null>> = {};
  for (const split of SPLIT_NAMES)
    bounds[split] = (await splits[split].index()).length > 0 ? await learner.evaluate(splits[split]) : null;
  const metrics = Object.entries(bounds).flatMap(([split, bound]) =>
    bound === null ? [] : Object.entries(boundMetrics(`best/${split}`, bound)),
  );
  const told = folder.events().some((event) => event.step === step && "best/train/elbo" in event);
  if (!told) folder.append({ step, epoch, ...Object.fromEntries(metrics) });
  return {
    type: "result",
    step,
    epoch,
    parameters: countOf(learner.model.parameters),
    bounds: bounds as ResultEvent["bounds"],
    weights: learner.bestWeights,
    lastWeights: learner.weights,
  };
}
