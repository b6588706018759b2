import { hasBound, loadObjective, objectiveNames, ownObjective } from "../objectives/loading.ts";
import type { ObjectiveWithBound } from "../objectives/objective.ts";
import { objectiveOptions } from "../objectives/options.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";
import { learnerNames } from "./learner-names.ts";
import { schedules } from "./schedules.ts";

const count = z.int();
const scheduleNames = Object.keys(schedules) as [keyof typeof schedules, ...(keyof typeof schedules)[]];

/** How to train; the defaults are what the command line uses. */
export const trainingOptions = z.prefault(
  z.strictObject({
    /** How weights are changed (`train/learners.ts`). */
    learner: option(z._default(z.enum(learnerNames), "gradient"), {
      flag: "--learner <name>",
      help: `how weights are changed: ${learnerNames.join(", ")} (expectation maximisation; of hidden Markov models)`,
    }),
    /** Passes over the training data. */
    epochs: option(z._default(count.check(z.minimum(1), z.maximum(1_000_000)), 50), {
      flag: "--epochs <count>",
      help: "passes over the training data",
    }),
    /** Sequences side by side. */
    batchSize: option(z._default(count.check(z.minimum(1), z.maximum(65_536)), 8), {
      flag: "--batch <sequences>",
      help: "sequences side by side",
    }),
    /** Steps after which back-propagation is cut; the state is carried on. */
    window: option(z._default(count.check(z.minimum(2), z.maximum(1_000_000)), 256), {
      flag: "--window <steps>",
      help: "steps after which back-propagation is cut",
    }),
    /** The size of Adam's steps. */
    learningRate: option(z._default(z.number().check(z.positive(), z.maximum(10)), 1e-3), {
      flag: "--lr, --learning-rate <rate>",
      help: "size of Adam's steps",
    }),
    /** The learning rate over time (`train/schedules.ts`). */
    schedule: option(z._default(z.enum(scheduleNames), "constant"), {
      flag: "--schedule <name>",
      help: `learning rate over time: ${scheduleNames.join(", ")}`,
    }),
    /** Steps over which the learning rate rises from 0. */
    warmupSteps: option(z._default(count.check(z.minimum(0)), 0), {
      flag: "--warmup <steps>",
      help: "steps over which the learning rate rises",
    }),
    /** The greatest norm of a gradient. */
    clip: option(z._default(z.number().check(z.positive()), 5), {
      flag: "--clip <norm>",
      help: "greatest norm of a gradient",
    }),
    /** Decoupled weight decay of all matrices (AdamW). */
    weightDecay: option(z._default(z.number().check(z.minimum(0)), 0), {
      flag: "--weight-decay <rate>",
      help: "decoupled weight decay of all matrices (AdamW)",
    }),
    /** Weight decay of groups of parameters, by the beginning of their dotted names: `{ cell: 0.1, emission: 0 }`. */
    decayGroups: option(z._default(z.record(z.string(), z.number().check(z.minimum(0))), {}), {
      flag: "--decay-group <name=rate>",
      help: "weight decay of parameters whose names begin so, such as cell=0.1; may be repeated",
    }),
    /** What is made small (`objectives/loading.ts`); the options of each objective stand beside these. */
    objective: option(z._default(z.enum(objectiveNames), "elbo"), {
      flag: "--objective <name>",
      help: `what is made small: ${objectiveNames.join(", ")}`,
    }),
    ...objectiveOptions,
    /** The share of hidden values that training drops. */
    dropout: option(z._default(z.number().check(z.minimum(0), z.maximum(0.95)), 0), {
      flag: "--dropout <share>",
      help: "share of hidden values dropped in training",
      needs: "dropoutSites",
    }),
    /**
     * The share of training sequences whose condition is withheld, so that the model also knows how to do without
     * (classifier-free guidance; Ho and Salimans 2022).
     */
    conditionDropout: option(z._default(z.number().check(z.minimum(0), z.maximum(0.95)), 0), {
      flag: "--condition-dropout <share>",
      help: "share of training sequences whose conditions are withheld",
      needs: "conditions",
    }),
    /** Epochs without a better validation bound after which training ends; 0: never. */
    patience: option(z._default(count.check(z.minimum(0)), 0), {
      flag: "--patience <epochs>",
      help: "epochs without a better validation bound; 0: never stop",
    }),
    /** The same seed gives the same weights. */
    seed: option(z._default(count.check(z.minimum(0), z.maximum(2 ** 32 - 1)), 1), {
      flag: "--seed <number>",
      help: "the same seed gives the same weights",
    }),
    /** Parts of a batch computed at the same time, one core each. Rounding depends on it, so it belongs to the run. */
    shards: option(z._default(count.check(z.minimum(1), z.maximum(64)), 2), {
      flag: "--shards <count>",
      help: "parts of a batch computed at once, a core each",
    }),
  }),
  {},
);

/** How to train, complete: what `trainingOptions.parse` gives. */
export type TrainingOptions = z.infer<typeof trainingOptions>;

/** The objective that options name, with those of them that it reads. */
export async function objectiveOf(options: TrainingOptions): Promise<ObjectiveWithBound> {
  const objective = (await loadObjective(options.objective))(options);
  return hasBound(objective) ? objective : ownObjective(objective);
}
