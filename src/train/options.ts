import * as z from "zod";
import { schedules } from "./schedules.ts";

const count = z.number().int();

/** How to train; the defaults are what the command line uses. */
export const trainingOptions = z
  .strictObject({
    epochs: count.min(1).max(1_000_000).default(50),
    batchSize: count.min(1).max(65_536).default(8),
    /** Steps after which back-propagation is cut; the state is carried on. */
    window: count.min(2).max(1_000_000).default(256),
    learningRate: z.number().positive().max(10).default(1e-3),
    schedule: z
      .enum(Object.keys(schedules) as [keyof typeof schedules, ...(keyof typeof schedules)[]])
      .default("constant"),
    warmupSteps: count.min(0).default(0),
    clip: z.number().positive().default(5),
    weightDecay: z.number().min(0).default(0),
    /** Steps over which the weight of the divergence rises from 0 to 1. */
    klWarmupSteps: count.min(0).default(0),
    /** Nats per step and latent dimension that cost nothing. */
    freeBits: z.number().min(0).default(0),
    dropout: z.number().min(0).max(0.95).default(0),
    /** Epochs without a better validation bound after which training ends; 0: never. */
    patience: count.min(0).default(0),
    seed: count
      .min(0)
      .max(2 ** 32 - 1)
      .default(1),
    /** Parts of a batch computed at the same time, one core each. Rounding depends on it, so it belongs to the run. */
    shards: count.min(1).max(64).default(2),
  })
  .prefault({});

export type TrainingOptions = z.infer<typeof trainingOptions>;
