/** Everything that people do with data, models and runs, in the order of the help. */
import type { Operation } from "./operation.ts";

/**
 * What an operation is about: a trained model; sequences for it to work on; data to learn from; data or a run to look
 * at; or nothing.
 */
export type SubjectKind = "run" | "sequences" | "data" | "path" | "nothing";

/** An operation before it is loaded: enough to list it. */
export interface OperationEntry {
  readonly summary: string;
  readonly subject: SubjectKind;
  readonly load: () => Promise<Operation>;
}

/** The operations that run anywhere, by their names. */
export const operations = {
  train: {
    summary: "train a model on sequences in a file or folder",
    subject: "data",
    load: async () => (await import("./usual.ts")).train,
  },
  evaluate: {
    summary: "the bound of a trained model on a split of its data, or on other data",
    subject: "sequences",
    load: async () => (await import("./evaluate.ts")).evaluate,
  },
  score: {
    summary:
      "how likely each step of some data is: nats in all, per column, token or frame and of the latent variables",
    subject: "sequences",
    load: async () => (await import("./usual.ts")).score,
  },
  sample: {
    summary:
      "sequences that a trained model makes up or goes on with, as tables, music, drawings, text or frames and as pictures",
    subject: "run",
    load: async () => (await import("./usual.ts")).sample,
  },
  watch: {
    summary: "follow live data on stdin, a step a line: score each, flag what is odd, forecast the next",
    subject: "run",
    load: async () => (await import("./watch.ts")).watch,
  },
  export: {
    summary: "a trained model as ONNX files that need nothing of vrnn, and its weights as safetensors",
    subject: "run",
    load: async () => (await import("./export.ts")).exportRun,
  },
  forecast: {
    summary: "what comes after the last step of some sequences: means, quantiles, sample paths",
    subject: "sequences",
    load: async () => (await import("./forecast.ts")).forecast,
  },
  calibrate: {
    summary:
      "how often the intervals of forecasts hold what came, before and after recalibration, learned beforehand and adapted",
    subject: "sequences",
    load: async () => (await import("./calibrate.ts")).calibrate,
  },
  filter: {
    summary: "what was expected of each step before it was seen, and what is to be made of it after",
    subject: "sequences",
    load: async () => (await import("./filter.ts")).filter,
  },
  impute: {
    summary: "fill what is missing by what came before and what came after, and say how surely",
    subject: "sequences",
    load: async () => (await import("./impute.ts")).impute,
  },
  encode: {
    summary: "the latent variables behind each step: posterior means and scales",
    subject: "sequences",
    load: async () => (await import("./encode.ts")).encode,
  },
  reconstruct: {
    summary: "what a trained model makes of data that it has seen, and how far off it is",
    subject: "sequences",
    load: async () => (await import("./reconstruct.ts")).reconstruct,
  },
  classify: {
    summary: "the label of each sequence, or of each step, and how likely each level of it is",
    subject: "sequences",
    load: async () => (await import("./classify.ts")).classify,
  },
  info: {
    summary: "what a run holds, or what is inferred from a data file",
    subject: "path",
    load: async () => (await import("./info.ts")).info,
  },
} as const satisfies Record<string, OperationEntry>;

/** The name of an operation that runs anywhere. */
export type OperationName = keyof typeof operations;
