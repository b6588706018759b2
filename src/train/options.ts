import { hasBound, loadObjective, objectiveNames, ownObjective } from "../objectives/loading.ts";
import type { ObjectiveWithBound } from "../objectives/objective.ts";
import { objectiveOptions } from "../objectives/options.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";
import { learnerNames } from "./learner-names.ts";
import { schedules } from "./schedules.ts";

const count = z.int();
const scheduleNames = Object.keys(schedules) as [keyof typeof schedules, ...(keyof typeof schedules)[]];

/** How to train; the defaults are what the command line uses, which also says what each does (`cli/training-help.ts`). */
export const trainingOptions = z.usually(
  z.strictObject({
    /** How weights are changed (`train/learners.ts`). */
    learner: option(z._default(z.enum(learnerNames), "gradient"), {
      flag: "--learner <name>",
    }),
    /** Passes over the training data. */
    epochs: option(z._default(count.check(z.minimum(1), z.maximum(1_000_000)), 50), {
      flag: "--epochs <count>",
    }),
    /** Sequences side by side. */
    batchSize: option(z._default(count.check(z.minimum(1), z.maximum(65_536)), 8), {
      flag: "--batch <sequences>",
    }),
    /** Steps after which back-propagation is cut; the state is carried on. */
    window: option(z._default(count.check(z.minimum(2), z.maximum(1_000_000)), 256), {
      flag: "--window <steps>",
    }),
    /** Steps of a piece of the window that is in memory at a time, and computed twice; 0: the whole window, once. */
    recompute: option(z._default(count.check(z.minimum(0), z.maximum(1_000_000)), 0), {
      flag: "--recompute <steps>",
    }),
    /** The size of Adam's steps. */
    learningRate: option(z._default(z.number().check(z.gt(0), z.maximum(10)), 1e-3), {
      flag: "--lr, --learning-rate <rate>",
    }),
    /** The learning rate over time (`train/schedules.ts`). */
    schedule: option(z._default(z.enum(scheduleNames), "constant"), {
      flag: "--schedule <name>",
    }),
    /** Steps over which the learning rate rises from 0. */
    warmupSteps: option(z._default(count.check(z.minimum(0)), 0), {
      flag: "--warmup <steps>",
    }),
    /** The greatest norm of a gradient. */
    clip: option(z._default(z.number().check(z.gt(0)), 5), {
      flag: "--clip <norm>",
    }),
    /** Decoupled weight decay of all matrices (AdamW). */
    weightDecay: option(z._default(z.number().check(z.minimum(0)), 0), {
      flag: "--weight-decay <rate>",
    }),
    /** Weight decay of groups of parameters, by the beginning of their dotted names: `{ cell: 0.1, emission: 0 }`. */
    decayGroups: option(z._default(z.record(z.string(), z.number().check(z.minimum(0))), {}), {
      flag: "--decay-group <name=rate>",
    }),
    /** What is made small (`objectives/loading.ts`); the options of each objective stand beside these. */
    objective: option(z._default(z.enum(objectiveNames), "elbo"), {
      flag: "--objective <name>",
    }),
    ...objectiveOptions,
    /** The share of hidden values that training drops. */
    dropout: option(z._default(z.number().check(z.minimum(0), z.maximum(0.95)), 0), {
      flag: "--dropout <share>",
      needs: "dropoutSites",
    }),
    /** Other shares for single sites (`Model.dropoutSites`), by their names: `{ x: 0.05, decoder: 0.3 }`. */
    dropoutAt: option(z._default(z.record(z.string(), z.number().check(z.minimum(0), z.maximum(0.95))), {}), {
      flag: "--dropout-at <site=share>",
      needs: "dropoutSites",
    }),
    /** For how long the same hidden values stay dropped: each step anew, or a whole window (Gal and Ghahramani 2016). */
    dropoutSpan: option(z._default(z.enum(["step", "window"]), "step"), {
      flag: "--dropout-span <name>",
      needs: "dropoutSites",
    }),
    /** The share of merges that are left out where texts are cut into subwords, anew each time (BPE-dropout; Provilkov et al. 2020). */
    subwordDropout: option(z._default(z.number().check(z.minimum(0), z.lt(1)), 0), {
      flag: "--subword-dropout <share>",
      needs: "choices",
    }),
    /** Music: how many semitones off a piece is learned from at most, in a key that is drawn anew each time. */
    transpose: option(z._default(count.check(z.minimum(0), z.maximum(12)), 0), {
      flag: "--transpose <semitones>",
      materials: ["music"],
    }),
    /** The share of recurrent weights that are dropped for a window (DropConnect; Merity, Keskar and Socher 2018). */
    weightDropout: option(z._default(z.number().check(z.minimum(0), z.maximum(0.95)), 0), {
      flag: "--weight-dropout <share>",
      needs: "recurrentWeights",
    }),
    /** How much the mean square of what cells say counts beside the objective (activation regularisation; Merity et al. 2017). */
    activationPenalty: option(z._default(z.number().check(z.minimum(0)), 0), {
      flag: "--activation-penalty <weight>",
      needs: "recurrentWeights",
    }),
    /** How much the mean square of how far that moves in a step does (temporal activation regularisation). */
    temporalPenalty: option(z._default(z.number().check(z.minimum(0)), 0), {
      flag: "--temporal-penalty <weight>",
      needs: "recurrentWeights",
    }),
    /** The share of rows that begin a window anew, where others go on in the state that the one before left. */
    stateDropout: option(z._default(z.number().check(z.minimum(0), z.maximum(1)), 0), {
      flag: "--state-dropout <share>",
    }),
    /** The decay of the moving average of the weights that is evaluated and kept in their place; 0: none. */
    weightAverage: option(z._default(z.number().check(z.minimum(0), z.lt(1)), 0), {
      flag: "--weight-average <decay>",
    }),
    /**
     * The share of training sequences whose condition is withheld, so that the model also knows how to do without
     * (classifier-free guidance; Ho and Salimans 2022).
     */
    conditionDropout: option(z._default(z.number().check(z.minimum(0), z.maximum(0.95)), 0), {
      flag: "--condition-dropout <share>",
      needs: "conditions",
    }),
    /** Epochs without a better validation bound after which training ends; 0: never. */
    patience: option(z._default(count.check(z.minimum(0)), 0), {
      flag: "--patience <epochs>",
    }),
    /** The same seed gives the same weights. */
    seed: option(z._default(count.check(z.minimum(0), z.maximum(2 ** 32 - 1)), 1), {
      flag: "--seed <number>",
    }),
    /** Parts of a batch computed at the same time, one core each. Rounding depends on it, so it belongs to the run. */
    shards: option(z._default(count.check(z.minimum(1), z.maximum(64)), 2), {
      flag: "--shards <count>",
    }),
  }),
);

/** How to train, complete: what `trainingOptions.parse` gives. */
export type TrainingOptions = z.infer<typeof trainingOptions>;

/** The objective that options name, with those of them that it reads. */
export async function objectiveOf(options: TrainingOptions): Promise<ObjectiveWithBound> {
  const objective = (await loadObjective(options.objective))(options);
  return hasBound(objective) ? objective : ownObjective(objective);
}
