/** Everything that people do with data, models and runs, in the order of the help. */
import type { Operation } from "./operation.ts";

/**
 * What an operation is about: a trained model; sequences for it to work on; data to learn from; data or a run to look
 * at; or nothing.
 */
export type SubjectKind = "run" | "sequences" | "data" | "path" | "nothing";

/** An operation before it is loaded. */
export interface OperationEntry {
  readonly subject: SubjectKind;
  readonly load: () => Promise<Operation>;
}

/** The operations that run anywhere, by their names. */
export const operations = {
  train: {
    subject: "data",
    load: async () => (await import("./usual.ts")).train,
  },
  evaluate: {
    subject: "sequences",
    load: async () => (await import("./evaluate.ts")).evaluate,
  },
  score: {
    subject: "sequences",
    load: async () => (await import("./usual.ts")).score,
  },
  sample: {
    subject: "run",
    load: async () => (await import("./usual.ts")).sample,
  },
  interpolate: {
    subject: "run",
    load: async () => (await import("./interpolate.ts")).interpolate,
  },
  transcribe: {
    subject: "sequences",
    load: async () => (await import("./transcribe.ts")).transcribe,
  },
  speak: {
    subject: "run",
    load: async () => (await import("./speak.ts")).speak,
  },
  futures: {
    subject: "run",
    load: async () => (await import("./futures.ts")).futures,
  },
  translate: {
    subject: "run",
    load: async () => (await import("./translate.ts")).translate,
  },
  caption: {
    subject: "run",
    load: async () => (await import("./caption.ts")).caption,
  },
  detect: {
    subject: "sequences",
    load: async () => (await import("./detect.ts")).detect,
  },
  watch: {
    subject: "run",
    load: async () => (await import("./watch.ts")).watch,
  },
  export: {
    subject: "run",
    load: async () => (await import("./export.ts")).exportRun,
  },
  forecast: {
    subject: "sequences",
    load: async () => (await import("./forecast.ts")).forecast,
  },
  backtest: {
    subject: "sequences",
    load: async () => (await import("./backtest.ts")).backtest,
  },
  calibrate: {
    subject: "sequences",
    load: async () => (await import("./calibrate.ts")).calibrate,
  },
  filter: {
    subject: "sequences",
    load: async () => (await import("./filter.ts")).filter,
  },
  impute: {
    subject: "sequences",
    load: async () => (await import("./impute.ts")).impute,
  },
  encode: {
    subject: "sequences",
    load: async () => (await import("./encode.ts")).encode,
  },
  reconstruct: {
    subject: "sequences",
    load: async () => (await import("./reconstruct.ts")).reconstruct,
  },
  classify: {
    subject: "sequences",
    load: async () => (await import("./classify.ts")).classify,
  },
  inspect: {
    subject: "data",
    load: async () => (await import("./inspect.ts")).inspect,
  },
  probe: {
    subject: "sequences",
    load: async () => (await import("./probe.ts")).probe,
  },
  cluster: {
    subject: "sequences",
    load: async () => (await import("./cluster.ts")).cluster,
  },
  segments: {
    subject: "sequences",
    load: async () => (await import("./segments.ts")).segments,
  },
  info: {
    subject: "path",
    load: async () => (await import("./info.ts")).info,
  },
} as const satisfies Record<string, OperationEntry>;

/** The name of an operation that runs anywhere. */
export type OperationName = keyof typeof operations;
