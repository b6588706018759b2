import { VrnnError } from "../errors.ts";
import type { ModelFamily } from "../models/family.ts";
import { type FamilyName, familyNamed, familyNames, loadFamily } from "../models/loading.ts";
import { vrnn } from "../models/vrnn/family.ts";
import { readersOf } from "../objectives/loading.ts";
import { option } from "../options.ts";
import { dataSchema } from "../run/data-schema.ts";
import type { BoundSummary } from "../train/events.ts";
import { trainingOptions } from "../train/options.ts";
import { clockTime, counted, labelWords, nats } from "../words/figures.ts";
import type { ResultEvent } from "../workbench/train.ts";
import * as z from "../zod.ts";
import { filesOf } from "./context.ts";
import { type Event, type NoteEvent, note } from "./event.ts";
import { operation } from "./operation.ts";
import type { Given } from "./train-resumed.ts";
import { schemaOf } from "./train-schema.ts";
import type { TrainingJob, TrainingPlan } from "./training.ts";

/** What training leaves. */
export interface Trained {
  /** `[P]`: the weights with the best validation bound; those of the beginning when no epoch was finished. */
  readonly weights: Float32Array;
  /** `[P]`: the weights after the last step. */
  readonly lastWeights: Float32Array;
  /** The bound of the test split under `weights`; null when there is none. */
  readonly test: BoundSummary | null;
}

/** Options of any training. What each does is said by `cli/train-help.ts`: nearly every page loads them, and has no help. */
export const trainFlags = {
  out: option(z.optional(z.string()), { flag: "--out <folder>", writes: "run" }),
  resume: option(z.optional(z.string()), { flag: "--resume [run]" }),
  force: option(z._default(z.boolean(), false), { flag: "--force" }),
  budget: option(z.optional(z.string()), { flag: "--budget <time>", needs: "dropoutSites" }),
  from: option(z.optional(z.string()), { flag: "--from <run>", reads: true }),
  schemaFile: option(z.optional(z.string()), { flag: "--schema <file>", reads: true }),
  twin: option(z._default(z.boolean(), true), {
    ...{ flag: "--no-twin", needs: "latents", materials: ["text", "pairs"] },
  }),
} as const;

const inputOf = (family: FamilyName, { options }: ModelFamily) =>
  z.strictObject({
    family: option(z._default(z.enum(familyNames), family), {
      flag: "--model <family>",
      help: `kind of model: ${familyNames.join(", ")}`,
    }),
    ...trainFlags,
    model: z.usually(options),
    training: trainingOptions,
    schema: z.usually(dataSchema),
  });

export const train = operation({
  input: inputOf("vrnn", vrnn),
  variants: {
    keys: ["family"],
    inputOf: async ({ family = "vrnn" }) => {
      const name = familyNamed(family);
      return inputOf(name, await loadFamily(name));
    },
  },
  output: "figures",
  async *run(context, { resume, schemaFile, ...told }, given): AsyncGenerator<Event<Trained>> {
    if (resume !== undefined) (await import("./train-unread.ts")).refuseBesideResume(told);
    const saved = schemaFile === undefined ? {} : await filesOf(context).schema(schemaFile);
    const { usual } = await loadFamily(told.family);
    const own = usual && (await import("./train-usual.ts")).usually(usual, given);
    const schema = { ...own?.schema, ...saved, ...told.schema };
    const input = { ...told, schema, ...(own && { training: own.training }) };
    const keys = Object.keys(given.training ?? {});
    if (resume === undefined && !isUsual(input, keys))
      await (await import("./train-unread.ts")).refuseUnread(input, keys, Object.keys(Object(given.model)));
    const job =
      resume === undefined
        ? await context.begin(planOf(input, given))
        : await filesOf(context).resume({ resume, out: input.out, twin: input.twin, given });
    for (const line of job.description) yield note(line);
    if (own?.words && resume === undefined) yield note(own.words);
    const started = performance.now();
    const result = yield* worked(job);
    if (result === undefined) return;
    const seconds = (performance.now() - started) / 1000;
    const { weights, lastWeights, bounds } = result;
    for (const line of resultLines(job, result, seconds)) yield note(line);
    for (const line of latentLines(bounds.valid ?? bounds.train ?? bounds.test)) yield note(line);
    const beside = job.beside && (yield* job.beside(worked));
    yield {
      type: "result",
      value: { weights, lastWeights, test: bounds.test },
      summary: { ...summaryOf(job, result, seconds), ...beside },
    };
  },
});

/** Whether nothing of a training can be without effect: a bound of a VRNN, learnt by gradients, without labels. */
function isUsual(
  { family, training, schema }: Pick<TrainingPlan, "family" | "training" | "schema">,
  keys: readonly string[],
): boolean {
  const { learner, objective } = training;
  const isRead = (readers: readonly string[]) => readers.length === 0 || readers.includes(objective);
  const isPlain = family === "vrnn" && learner === "gradient" && objective === "elbo";
  const { label, labelPer } = schema;
  return (
    isPlain && label === undefined && labelPer === undefined && keys.every((key) => isRead(readersOf(key)))
  );
}

/** What is to be trained, and what nobody said of it. */
function planOf<Input extends Omit<TrainingPlan, "untold">>(
  input: Input,
  { model, training }: Given,
): TrainingPlan {
  const told = model as Partial<Record<"emission" | "center", readonly string[]>> | undefined;
  const isOpen = (part: "emission" | "center") => (told?.[part] ?? [AUTO]).every((word) => word === AUTO);
  const options = Object.fromEntries(
    Object.entries(input.model).map(([key, value]) => [key, isAuto(value) ? [] : value]),
  );
  const plan = { ...input, model: options };
  return {
    ...plan,
    schema: schemaOf(plan),
    untold: {
      emissions: "center" in input.model && isOpen("emission") && isOpen("center"),
      width: !["hidden", "latent"].some((key) => Object.hasOwn(Object(model), key)),
      window: !Object.hasOwn(Object(training), "window"),
      epochs: training === undefined || !("epochs" in training || "patience" in training),
    },
  };
}

/** Leaves it to the data. */
const AUTO = "auto";
const isAuto = (value: unknown): boolean => Array.isArray(value) && value.length === 1 && value[0] === AUTO;

/** How training ended. */
interface Finished extends ResultEvent {
  /** The epoch whose weights are kept; undefined where none of this training was better than what was there. */
  readonly bestEpoch: number | undefined;
}

/** Trains and tells how it goes; the result, or undefined when it was asked to stop. */
async function* worked(job: TrainingJob): AsyncGenerator<Event<never>, Finished | undefined> {
  const { epochs, path } = job;
  let result: Finished | undefined;
  let bestEpoch: number | undefined;
  for await (const event of job.events()) {
    if (event.type === "result") {
      result = { ...event, bestEpoch };
      yield* reported(job, event);
      continue;
    }
    if (event.type === "epoch") {
      if (event.best) bestEpoch = event.epoch;
      if (event.note) yield note(event.note);
    }
    yield { type: "training", epochs, event };
    if (event.type === "end" && event.reason === "interrupted") {
      const ways = path === undefined ? "" : `; go on with: vrnn train --resume ${path}`;
      yield { type: "stopped", text: `stopped after step ${event.step}${ways}` };
    }
  }
  return result;
}

/** A run without a report is still a run: what keeps it from being drawn is told, and no failure. */
async function* reported(job: TrainingJob, result: ResultEvent): AsyncGenerator<NoteEvent> {
  if (job.report === undefined) return;
  try {
    yield note(`report: ${await job.report(result)}`);
  } catch (error) {
    if (!(error instanceof VrnnError)) throw error;
    yield note(`no report: ${error.message}`);
  }
}

/** An epoch among the last so many that was the best, in shares of all, is no sign that training was long enough. */
const LAST_SHARE = 0.1;

/** What there is to say of training that ended by the number of its epochs while it still got better. */
function improvementLines({ path, epochs }: TrainingJob, { epoch, bestEpoch = 0 }: Finished): string[] {
  if (epoch < epochs || bestEpoch <= (1 - LAST_SHARE) * epoch || epoch < 2) return [];
  const way = path === undefined ? "give more epochs" : `vrnn train --resume ${path} --epochs ${2 * epochs}`;
  return [`still improving when the ${counted(epoch, "epoch")} were over; to go on: ${way}`];
}

const resultLines = (job: TrainingJob, result: Finished, seconds: number): string[] => [
  `${counted(result.parameters, "parameter")}, ${counted(result.epoch, "epoch")} in ${clockTime(seconds)}`,
  ...(result.bestEpoch === undefined ? [] : [`kept: the weights of epoch ${result.bestEpoch}, the best`]),
  ...improvementLines(job, result),
  ...Object.entries(result.bounds).map(([split, bound]) => `${split.padEnd(5)}  ${boundWords(bound)}`),
  ...(job.path === undefined ? [] : [`saved in ${job.path}`]),
];

/** Under so many nats a step the latent variables tell the emission next to nothing that the state does not. */
const HARDLY_USED = 0.05;

/** Whether the latent variables are used, by how far the posterior lies from the prior; nothing where there are none. */
function latentLines(bound: BoundSummary | null): string[] {
  const kl = bound?.["kl"];
  if (kl === undefined || kl === 0 || kl >= HARDLY_USED) return []; // 0 is that of a model without any
  return [
    `the latent variables are hardly used: ${nats(kl)} nats a step; --kl-warmup 1000 has them used, --latent 0 does without`,
  ];
}

function boundWords(bound: BoundSummary | null): string {
  if (bound === null) return "(empty)";
  const labels = labelWords(bound);
  return `${nats(bound.natsPerStep)} nats per step${labels === undefined ? "" : `, ${labels}`}`;
}

const summaryOf = (
  { path }: TrainingJob,
  { parameters, epoch, bounds, bestEpoch }: Finished,
  seconds: number,
): object => ({
  run: path,
  parameters,
  epochs: epoch,
  ...(bestEpoch !== undefined && { bestEpoch }),
  seconds,
  ...Object.fromEntries(
    Object.entries(bounds).map(([split, bound]) => [split, bound ?? { natsPerStep: null }]),
  ),
});
