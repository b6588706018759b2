/** What a page's worker supplies to an operation: what came with the job, and nothing of files. */
import type { Dataset, Sequence, TimeColumn } from "../data/dataset.ts";
import { sequenceSource, tableFields } from "../data/field-dataset.ts";
import { VrnnError } from "../errors.ts";
import type { ModelColumns, ModelOptions } from "../models/family.ts";
import { type FamilyName, familyNamed, loadFamily } from "../models/loading.ts";
import { countOf } from "../nn/parameters.ts";
import type { Context, TrainingJob, TrainingPlan } from "../operations/context.ts";
import type { Subject } from "../operations/index.ts";
import { checked, refusedAt } from "../options.ts";
import type { TrainedModel } from "../run/run.ts";
import type { RunTrainingEvent } from "../run/train.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { EndEvent } from "../train/events.ts";
import { type LearnerRow, learners } from "../train/learners.ts";
import { trainingOptions } from "../train/options.ts";

/** A model by what it is made of: functions do not travel between threads. */
export interface ModelChoice {
  readonly family: FamilyName;
  /** The family's options; see `modelFamilies`. */
  readonly model?: ModelOptions;
}

/** A model that was trained. */
export interface TrainedChoice extends ModelChoice, ModelColumns {
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

/** Data to learn from, or to look at. */
export interface DataChoice {
  readonly data: Dataset;
}

/** What a job brings along, by what its operation is about. */
export interface Brought {
  readonly data: DataChoice;
  readonly path: DataChoice;
  readonly run: TrainedChoice;
  readonly sequences: SequencesChoice;
  readonly nothing: object;
}

const RUN = ["family", "model", "columns", "conditions", "weights", "known"];

/** The keys of a job under which it brings that along; the others are the operation's inputs. */
const KEYS: Readonly<Record<Subject, readonly string[]>> = {
  data: ["data"],
  path: ["data"],
  run: RUN,
  sequences: [...RUN, "sequences", "time"],
  nothing: [],
};

/** What an operation is told of a job. */
export const inputOf = (subject: Subject, job: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(job).filter(([key]) => !KEYS[subject].includes(key)));

/** What is exported says by what it was made; a bundle knows no version. */
const VERSION = "browser";

/** What an operation is given in a browser. */
export function webContext(job: object, runtime: Runtime, signal: AbortSignal): Context {
  const brought = job as Partial<SequencesChoice & DataChoice>;
  const dataset = async () => needed(brought.data, "data");
  return {
    version: VERSION,
    signal,
    runtime: async () => runtime,
    run: () => modelOf(brought),
    sequences: async () => ({ sequences: needed(brought.sequences, "sequences"), time: brought.time }),
    source: async () => sequenceSource(needed(brought.sequences, "sequences"), tableFields(givenTo(brought))),
    dataset,
    known: async () => brought.known,
    begin: async (plan) => jobOf(plan, await dataset(), { runtime, signal }),
  };
}

function needed<Value>(value: Value | undefined, name: string): Value {
  if (value !== undefined) return value;
  throw new VrnnError("options/invalid", "the job lacks it", { at: name, remedy: `give \`${name}\`` });
}

type Given = Pick<Dataset, "columns" | "conditions">;

const givenTo = ({ columns, conditions }: Partial<ModelColumns>): Given => ({
  columns: needed(columns, "columns"),
  ...(conditions && { conditions }),
});

async function modelOf({
  family,
  model = {},
  columns,
  conditions,
  weights,
}: Partial<TrainedChoice>): Promise<TrainedModel> {
  const given = givenTo({ ...(columns && { columns }), conditions });
  const name = familyNamed(needed(family, "family"));
  const loaded = await loadFamily(name);
  const options = checked(loaded.options, model, refusedAt("model"));
  return {
    config: {
      vrnn: VERSION,
      family: name,
      model: options,
      training: trainingOptions.parse({}),
      data: { path: "", digest: "", schema: {} },
      modality: { name: "table" },
      fields: tableFields(given),
    },
    model: loaded.build(given, options),
    weights: needed(weights, "weights"),
  };
}

/** Where training takes place: in memory. */
interface Workshop {
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
}

const jobOf = (plan: TrainingPlan, data: Dataset, workshop: Workshop): TrainingJob => ({
  epochs: plan.training.epochs,
  notes: [],
  events: () => trainInMemory(plan, data, workshop),
});

/** Trains, and ends with a result also when it was stopped: there is no folder that would keep the weights. */
async function* trainInMemory(
  { family, model: options, training }: TrainingPlan,
  data: Dataset,
  { runtime, signal }: Workshop,
): AsyncGenerator<RunTrainingEvent> {
  const model = (await loadFamily(family)).build(data, options);
  const row: LearnerRow = learners[training.learner];
  const learner = await row.create({ model, data, options: training, runtime });
  const { test } = data.splits;
  try {
    let end: EndEvent | undefined;
    for await (const event of learner.fit(signal)) {
      if (event.type === "end") end = event;
      yield event;
    }
    const { step, epoch } = end as EndEvent;
    const isTested = test.length > 0 && !signal.aborted;
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
