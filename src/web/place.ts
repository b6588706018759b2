/** What a page's worker supplies to an operation: what came with the job, and nothing of files. */
import type { Dataset, LabelColumn, Sequence, TimeColumn } from "../data/dataset.ts";
import {
  type FieldDataset,
  fieldDatasetOf,
  heldDataset,
  type MemoryDataset,
  tableFields,
  tableSequence,
} from "../data/field-dataset.ts";
import type { Fields } from "../data/fields.ts";
import type { Modality } from "../data/modality.ts";
import { type MemorySequence, memorySource } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import type { ModelColumns, ModelOptions } from "../models/family.ts";
import { buildModel, type FamilyName, familyNamed, loadFamily } from "../models/loading.ts";
import { countOf } from "../nn/parameters.ts";
import type { Context } from "../operations/context.ts";
import type { SubjectKind } from "../operations/index.ts";
import type { TrainingJob, TrainingPlan } from "../operations/training.ts";
// From where the usual operations come, so that the worker and they are one file of a bundle and not two.
import { Trainer } from "../operations/usual.ts";
import { checked, refusedAt } from "../options.ts";
import type { TrainedModel } from "../run/run.ts";
import { toldBy } from "../run/told-label.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { EndEvent } from "../train/events.ts";
import type { LearnerName } from "../train/learner-names.ts";
import type { LearnerRow } from "../train/learners.ts";
import { trainingOptions } from "../train/options.ts";
import type { RunTrainingEvent } from "../workbench/train.ts";

/** A model by what it is made of: functions do not travel between threads. */
export interface ModelChoice {
  readonly family: FamilyName;
  /** The family's options; see `modelFamilies`. */
  readonly model?: ModelOptions;
}

/** A model that was trained. */
export interface TrainedChoice
  extends ModelChoice,
    Pick<ModelColumns, "columns" | "conditions" | "scaleSteps"> {
  /** The label that it was trained to tell. */
  readonly label?: LabelColumn | undefined;
  /** `[P]` */
  readonly weights: Float32Array;
  /** `[steps, C]`: what is known of the steps that are to be made up; see `SampleOptions`. */
  readonly known?: Float64Array | undefined;
}

/** A model that was trained on data of any material, by their fields: text, or a run that was opened. */
export interface TrainedFields extends ModelChoice {
  readonly modality: Modality;
  readonly fields: Fields;
  /** The label that it was trained to tell, by its field. */
  readonly readout?: { readonly field: string } | undefined;
  /** `[P]` */
  readonly weights: Float32Array;
  /** `[steps, C]`: what is known of the steps that are to be made up; see `SampleOptions`. */
  readonly known?: Float64Array | undefined;
}

/** A trained model and the sequences that it is to work on. */
export interface SequencesChoice extends TrainedChoice {
  readonly sequences: readonly Sequence[];
  /** The column that tells when their steps were, where there is one. */
  readonly time?: TimeColumn | undefined;
}

/** The same of any material: sequences of a table, or with their values by field. */
export interface SequencesFields extends TrainedFields {
  readonly sequences: readonly (Sequence | MemorySequence)[];
  readonly time?: TimeColumn | undefined;
}

/** Data to learn from, or to look at. */
export interface DataChoice {
  readonly data: Dataset | MemoryDataset;
}

/** What a job brings along, by what its operation is about. */
export interface Brought {
  readonly data: DataChoice;
  readonly path: DataChoice;
  readonly run: TrainedChoice | TrainedFields;
  readonly sequences: SequencesChoice | SequencesFields;
  readonly nothing: object;
}

const RUN = [
  ...["family", "model", "columns", "conditions", "label", "scaleSteps"],
  ...["modality", "fields", "readout", "weights", "known"],
];

/** The keys of a job under which it brings that along; the others are the operation's inputs. */
const KEYS: Readonly<Record<SubjectKind, readonly string[]>> = {
  data: ["data"],
  path: ["data"],
  run: RUN,
  sequences: [...RUN, "sequences", "time"],
  nothing: [],
};

/** What an operation is told of a job. */
export const inputOf = (subject: SubjectKind, job: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(job).filter(([key]) => !KEYS[subject].includes(key)));

/** What is exported says by what it was made; a bundle knows no version. */
const VERSION = "browser";

/** All that a job may bring along. */
type Job = Partial<Omit<SequencesChoice & SequencesFields & DataChoice, "sequences">> &
  Partial<Pick<SequencesFields, "sequences">>;

/** What computes, what asks to stop, and who is told what was noticed. */
interface WebPlace extends Pick<Context, "signal" | "notice"> {
  readonly runtime: Runtime;
}

/** What an operation is given in a browser. */
export function webContext(job: object, { runtime, signal, notice }: WebPlace): Context {
  const brought: Job = job;
  const dataset = async () => presentAs(needed(brought.data, "data"));
  const sequences = () => needed(brought.sequences, "sequences");
  return {
    version: VERSION,
    signal,
    notice,
    runtime: async () => runtime,
    run: () => modelOf(brought),
    sequences: async () => ({ sequences: sequences().map(requireTable), time: brought.time }),
    source: async () => memorySource(sequences().map(byField), dataOf(brought).fields),
    dataset,
    known: async () => brought.known,
    begin: async (plan) => jobOf(plan, await dataset(), { runtime, signal }),
  };
}

/** A data set as operations read it. */
const presentAs = (data: Dataset | MemoryDataset): Dataset | FieldDataset =>
  "columns" in data ? data : heldDataset(data);

const isTable = (sequence: Sequence | MemorySequence): sequence is Sequence =>
  ArrayBuffer.isView(sequence.values);

const byField = (sequence: Sequence | MemorySequence): MemorySequence =>
  isTable(sequence) ? tableSequence(sequence) : sequence;

function requireTable(sequence: Sequence | MemorySequence): Sequence {
  if (isTable(sequence)) return sequence;
  throw new VrnnError("options/invalid", "this works on sequences of a table", {
    at: "sequences",
    remedy: "give the rows of its columns as `values`",
  });
}

function needed<Value>(value: Value | undefined, name: string): Value {
  if (value !== undefined) return value;
  throw new VrnnError("options/invalid", "the job lacks it", { at: name, remedy: `give \`${name}\`` });
}

/** What a trained model is of: its fields, or the columns of a table. */
function dataOf({
  columns,
  conditions,
  label,
  scaleSteps,
  fields,
  modality,
}: Job): Pick<TrainedFields, "fields" | "modality"> {
  if (fields !== undefined) return { fields, modality: needed(modality, "modality") };
  const given = {
    columns: needed(columns, "columns"),
    ...(conditions && { conditions }),
    ...(label && { label }),
    ...(scaleSteps !== undefined && { scaleSteps }),
  };
  return { fields: tableFields(given), modality: { name: "table" } };
}

async function modelOf(brought: Job): Promise<TrainedModel> {
  const { fields, modality } = dataOf(brought);
  const family = familyNamed(needed(brought.family, "family"));
  const { options } = await loadFamily(family);
  const model = checked(options, brought.model ?? {}, refusedAt("model"));
  const readout = brought.readout ?? (brought.label && { field: "label" });
  return {
    config: {
      vrnn: VERSION,
      family,
      model,
      training: trainingOptions.parse({}),
      data: { path: "", digest: "", schema: {} },
      modality,
      fields: fields as TrainedModel["config"]["fields"],
      ...(readout && { readout }),
    },
    model: await buildModel({ family, model, fields, readout }),
    weights: needed(brought.weights, "weights"),
  };
}

/** Where training takes place: in memory. */
interface Workshop {
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
}

const jobOf = (plan: TrainingPlan, data: Dataset | FieldDataset, workshop: Workshop): TrainingJob => ({
  epochs: plan.training.epochs,
  description: [],
  events: () => trainInMemory(plan, data, workshop),
});

/** Every way to learn (`train/learners.ts`); nearly every page descends gradients. */
const learns: Readonly<Record<LearnerName, LearnerRow["create"]>> = {
  gradient: (settings) => Trainer.create(settings),
  em: async (settings) => (await import("./em.ts")).ExpectationMaximisation.create(settings),
};

/** Trains, and ends with a result also when it was stopped: there is no folder that would keep the weights. */
async function* trainInMemory(
  plan: TrainingPlan,
  data: Dataset | FieldDataset,
  { runtime, signal }: Workshop,
): AsyncGenerator<RunTrainingEvent> {
  const { training } = plan;
  const { fields, splits, modality } = fieldDatasetOf(data);
  const model = await buildModel({ ...plan, fields, ...toldBy(training.objective, fields) });
  const { refuseUnreadBy } = await import("../operations/refused.ts");
  refuseUnreadBy(model, { ...plan, modality, family: await loadFamily(plan.family) });
  const learner = await learns[training.learner]({ model, data, options: training, runtime });
  const { test } = splits;
  try {
    let end: EndEvent | undefined;
    for await (const event of learner.fit(signal)) {
      if (event.type === "end") end = event;
      yield event;
    }
    const { step, epoch } = end as EndEvent;
    const isTested = (await test.index()).length > 0 && !signal.aborted;
    yield {
      type: "result",
      step,
      epoch,
      parameters: countOf(model.parameters),
      bounds: { train: null, valid: null, test: isTested ? await learner.evaluate(test) : null },
      weights: learner.bestWeights,
      lastWeights: learner.weights,
    };
  } finally {
    await learner.dispose();
  }
}
