import * as z from "zod";
import { elboOptions } from "../objectives/elbo.ts";
import { objectiveNames } from "../objectives/index.ts";
import { fivoOptions } from "../objectives/particle-bounds.ts";
import { schedules } from "./schedules.ts";

const count = z.number().int();
const scheduleNames = Object.keys(schedules) as [keyof typeof schedules, ...(keyof typeof schedules)[]];

/** How to train; the defaults are what the command line uses. */
export const trainingOptions = z
  .strictObject({
    /** Passes over the training data. */
    epochs: count
      .min(1)
      .max(1_000_000)
      .default(50)
      .meta({ flag: "--epochs <count>", help: "passes over the training data" }),
    /** Sequences side by side. */
    batchSize: count
      .min(1)
      .max(65_536)
      .default(8)
      .meta({ flag: "--batch <sequences>", help: "sequences side by side" }),
    /** Steps after which back-propagation is cut; the state is carried on. */
    window: count
      .min(2)
      .max(1_000_000)
      .default(256)
      .meta({ flag: "--window <steps>", help: "steps after which back-propagation is cut" }),
    /** The size of Adam's steps. */
    learningRate: z
      .number()
      .positive()
      .max(10)
      .default(1e-3)
      .meta({ flag: "--lr, --learning-rate <rate>", help: "size of Adam's steps" }),
    /** The learning rate over time (`train/schedules.ts`). */
    schedule: z
      .enum(scheduleNames)
      .default("constant")
      .meta({ flag: "--schedule <name>", help: `learning rate over time: ${scheduleNames.join(", ")}` }),
    /** Steps over which the learning rate rises from 0. */
    warmupSteps: count
      .min(0)
      .default(0)
      .meta({ flag: "--warmup <steps>", help: "steps over which the learning rate rises" }),
    /** The greatest norm of a gradient. */
    clip: z
      .number()
      .positive()
      .default(5)
      .meta({ flag: "--clip <norm>", help: "greatest norm of a gradient" }),
    /** Decoupled weight decay of all matrices (AdamW). */
    weightDecay: z
      .number()
      .min(0)
      .default(0)
      .meta({ flag: "--weight-decay <rate>", help: "decoupled weight decay of all matrices (AdamW)" }),
    /** Weight decay of groups of parameters, by the beginning of their dotted names: `{ cell: 0.1, emission: 0 }`. */
    decayGroups: z.record(z.string(), z.number().min(0)).default({}).meta({
      flag: "--decay-group <name=rate>",
      help: "weight decay of parameters whose names begin so, such as cell=0.1; may be repeated",
    }),
    /** What is made small (`objectives/index.ts`); the options of each objective stand beside these. */
    objective: z
      .enum(objectiveNames)
      .default("elbo")
      .meta({ flag: "--objective <name>", help: `what is made small: ${objectiveNames.join(", ")}` }),
    ...elboOptions,
    ...fivoOptions,
    /** The share of hidden values that training drops. */
    dropout: z
      .number()
      .min(0)
      .max(0.95)
      .default(0)
      .meta({ flag: "--dropout <share>", help: "share of hidden values dropped in training" }),
    /**
     * The share of training sequences whose condition is withheld, so that the model also knows how to do without
     * (classifier-free guidance; Ho and Salimans 2022).
     */
    conditionDropout: z.number().min(0).max(0.95).default(0).meta({
      flag: "--condition-dropout <share>",
      help: "share of training sequences whose conditions are withheld",
    }),
    /** Epochs without a better validation bound after which training ends; 0: never. */
    patience: count
      .min(0)
      .default(0)
      .meta({ flag: "--patience <epochs>", help: "epochs without a better validation bound; 0: never stop" }),
    /** The same seed gives the same weights. */
    seed: count
      .min(0)
      .max(2 ** 32 - 1)
      .default(1)
      .meta({ flag: "--seed <number>", help: "the same seed gives the same weights" }),
    /** Parts of a batch computed at the same time, one core each. Rounding depends on it, so it belongs to the run. */
    shards: count
      .min(1)
      .max(64)
      .default(2)
      .meta({ flag: "--shards <count>", help: "parts of a batch computed at once, a core each" }),
  })
  .prefault({});

/** How to train, complete: what `trainingOptions.parse` gives. */
export type TrainingOptions = z.infer<typeof trainingOptions>;
