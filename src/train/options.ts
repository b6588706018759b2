import * as z from "zod";
import { elboOptions } from "../objectives/elbo.ts";
import { objectiveNames } from "../objectives/index.ts";
import { fivoOptions } from "../objectives/particle-bounds.ts";
import { schedules } from "./schedules.ts";

const count = z.number().int();

/** How to train; the defaults are what the command line uses. */
export const trainingOptions = z
  .strictObject({
    /** Passes over the training data. */
    epochs: count.min(1).max(1_000_000).default(50),
    /** Sequences side by side. */
    batchSize: count.min(1).max(65_536).default(8),
    /** Steps after which back-propagation is cut; the state is carried on. */
    window: count.min(2).max(1_000_000).default(256),
    /** The size of Adam's steps. */
    learningRate: z.number().positive().max(10).default(1e-3),
    /** The learning rate over time (`train/schedules.ts`). */
    schedule: z
      .enum(Object.keys(schedules) as [keyof typeof schedules, ...(keyof typeof schedules)[]])
      .default("constant"),
    /** Steps over which the learning rate rises from 0. */
    warmupSteps: count.min(0).default(0),
    /** The greatest norm of a gradient. */
    clip: z.number().positive().default(5),
    /** Decoupled weight decay of all matrices (AdamW). */
    weightDecay: z.number().min(0).default(0),
    /** Weight decay of groups of parameters, by the beginning of their dotted names: `{ cell: 0.1, emission: 0 }`. */
    decayGroups: z.record(z.string(), z.number().min(0)).default({}),
    /** What is made small (`objectives/index.ts`); the options of each objective stand beside these. */
    objective: z.enum(objectiveNames).default("elbo"),
    ...elboOptions,
    ...fivoOptions,
    /** The share of hidden values that training drops. */
    dropout: z.number().min(0).max(0.95).default(0),
    /**
     * The share of training sequences whose condition is withheld, so that the model also knows how to do without
     * (classifier-free guidance; Ho and Salimans 2022).
     */
    conditionDropout: z.number().min(0).max(0.95).default(0),
    /** Epochs without a better validation bound after which training ends; 0: never. */
    patience: count.min(0).default(0),
    /** The same seed gives the same weights. */
    seed: count
      .min(0)
      .max(2 ** 32 - 1)
      .default(1),
    /** Parts of a batch computed at the same time, one core each. Rounding depends on it, so it belongs to the run. */
    shards: count.min(1).max(64).default(2),
  })
  .prefault({});

/** How to train, complete: what `trainingOptions.parse` gives. */
export type TrainingOptions = z.infer<typeof trainingOptions>;
