/** What runs anywhere: graphs, models, training. Files and the Node runtime are in `vrnn/node`. */
export { gradients } from "./autodiff/gradients.ts";
export { type Elbo, elbo } from "./bounds/elbo.ts";
export { type Batch, makeBatch, planEpoch } from "./data/batches.ts";
export type { Column, ColumnKind, Dataset, Sequence, SplitName } from "./data/dataset.ts";
export { VrnnError } from "./errors.ts";
export * as graph from "./graph/index.ts";
export { imagine, judge, type SequenceModel } from "./models/sequence.ts";
export { Vrnn, type VrnnOptions } from "./models/vrnn/vrnn.ts";
export { lower, type Program } from "./onnx/lower.ts";
export { finish, optimise } from "./passes/optimise.ts";
export { Random } from "./random/generator.ts";
export type { Executable, Runtime, TensorValue, Values } from "./runtime/runtime.ts";
export type { TrainingEvent } from "./train/events.ts";
export { type TrainingOptions, trainingOptions } from "./train/options.ts";
export { Trainer } from "./train/trainer.ts";
