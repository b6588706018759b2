/** What a worker can be asked to do. */
import type * as z from "zod";
import type { Dataset } from "../data/dataset.ts";
import type { SchemaOptions } from "../data/schema.ts";
import { VrnnError } from "../errors.ts";
import {
  type FamilyName,
  familyNames,
  type ModelColumns,
  type ModelOptions,
  modelFamilies,
} from "../models/families.ts";
import type { SequenceModel } from "../models/sequence.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type SampleOptions, sampleSequences } from "../tasks/sample.ts";
import { type ScoreOptions, scoreSequences } from "../tasks/score.ts";
import { didYouMean } from "../text/nearest.ts";
import type { BoundSummary, TrainingEvent } from "../train/events.ts";
import { trainingOptions } from "../train/options.ts";
import { Trainer } from "../train/trainer.ts";
import { datasetFromFile } from "./text.ts";

/** A model by what it is made of: functions do not travel between threads. */
export interface ModelChoice {
  readonly family: FamilyName;
  /** The family's options; see `modelFamilies`. */
  readonly model?: ModelOptions;
}

/** A file to be read into a data set. */
export interface ReadJob {
  /** It is read in the worker: no byte of it is copied. */
  readonly file: File;
  readonly options?: SchemaOptions;
}

export interface TrainJob extends ModelChoice {
  readonly data: Dataset;
  readonly training?: z.input<typeof trainingOptions>;
}

/** What training leaves. */
export interface Trained {
  /** `[P]`: the weights with the best validation bound; those of the beginning when no epoch was finished. */
  readonly weights: Float32Array;
  /** `[P]`: the weights after the last step. */
  readonly lastWeights: Float32Array;
  /** The bound of the test split under `weights`; null when there is none. */
  readonly test: BoundSummary | null;
}

export interface ScoreJob extends ModelChoice, ModelColumns, Omit<ScoreOptions, "runtime" | "model"> {}

export interface SampleJob extends ModelChoice, ModelColumns, Omit<SampleOptions, "runtime" | "model"> {}

/** What a task is given beside its job. */
export interface TaskContext {
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
  /** Tells the page of progress. */
  emit(event: TrainingEvent): void;
}

const read = ({ file, options }: ReadJob) => datasetFromFile(file, options);

async function train({ data, training, ...choice }: TrainJob, context: TaskContext): Promise<Trained> {
  const { runtime, signal, emit } = context;
  const options = checked(trainingOptions, training, "training");
  const trainer = await Trainer.create({ model: modelOf(choice, data), data, options, runtime });
  try {
    for await (const event of trainer.fit(signal)) emit(event);
    const { test } = data.splits;
    return {
      weights: trainer.bestWeights,
      lastWeights: trainer.weights,
      test: test.length > 0 && !signal.aborted ? await trainer.evaluate(test) : null,
    };
  } finally {
    await trainer.dispose();
  }
}

const score = (job: ScoreJob, { runtime }: TaskContext) =>
  scoreSequences({ ...job, runtime, model: modelOf(job, job) });

const sample = (job: SampleJob, { runtime }: TaskContext) =>
  sampleSequences({ ...job, runtime, model: modelOf(job, job) });

/** Every task by its name in a message. */
export const tasks = { read, train, score, sample } as const;

function modelOf({ family, model = {} }: ModelChoice, { columns, conditions }: ModelColumns): SequenceModel {
  if (!familyNames.includes(family)) throw unknownFamily(family);
  return modelFamilies[family].build(
    { columns, conditions },
    checked(modelFamilies[family].options, model, "model"),
  );
}

const unknownFamily = (name: string): VrnnError =>
  new VrnnError("options/invalid", `there is no model family "${name}"`, {
    remedy: didYouMean(name, familyNames, { otherwise: `the families are ${familyNames.join(", ")}` }),
  });

/** @throws VrnnError `options/invalid`, which names the first option that does not fit. */
function checked<Output>(schema: z.ZodType<Output>, options: unknown, at: string): Output {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new VrnnError("options/invalid", issue?.message ?? result.error.message, {
    at: [at, ...(issue?.path ?? [])].join("."),
  });
}
