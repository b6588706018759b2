/** What runs anywhere: graphs, models, training. Files and the Node runtime are in `vrnn/node`. */
export { gradients } from "./autodiff/gradients.ts";
export { type Elbo, elbo } from "./bounds/elbo.ts";
export { type ColumnArrays, datasetFromArrays } from "./data/arrays.ts";
export { type Batch, makeBatch, planEpoch } from "./data/batches.ts";
export {
  type Column,
  type ColumnKind,
  type Dataset,
  type Sequence,
  type SplitName,
  sliceSequence,
} from "./data/dataset.ts";
export { midiBytes, parseMidiRoll } from "./data/midi.ts";
export type { SchemaOptions } from "./data/schema.ts";
export type { Draws, Emission, Family } from "./distributions/emission.ts";
export { emissionOf } from "./distributions/families.ts";
export { normalDivergence, normalLogDensity } from "./distributions/gaussian.ts";
export { VrnnError } from "./errors.ts";
export { type Exported, type ExportGraph, exportGraph, exportWeights } from "./export/export.ts";
export * as graph from "./graph/index.ts";
export { sampleQuantile } from "./metrics/quantiles.ts";
export { InputEncoder } from "./models/inputs.ts";
export { type Followed, follow } from "./models/particles.ts";
export {
  type Imagination,
  type Imagined,
  imagine,
  type Judgement,
  judge,
  type Observation,
  type Regularise,
  type SequenceModel,
} from "./models/sequence.ts";
export { Vrnn, type VrnnOptions } from "./models/vrnn/vrnn.ts";
export { type Cell, GRU, LSTM, type State } from "./nn/cells.ts";
export { Linear } from "./nn/linear.ts";
export type { Parameter, Weights } from "./nn/parameters.ts";
export { lower, type Program } from "./onnx/lower.ts";
export { finish, optimise } from "./passes/optimise.ts";
export { Random } from "./random/generator.ts";
export type { Executable, Runtime, TensorValue, Values } from "./runtime/runtime.ts";
export { type BacktestOptions, backtest, type Cast } from "./tasks/backtest.ts";
export { type Detection, type Detector, detect, fitDetector } from "./tasks/detect.ts";
export { type Encoded, type EncodeOptions, encodeSequences } from "./tasks/encode.ts";
export { type Filtered, type FilterOptions, filterSequences } from "./tasks/filter.ts";
export { type Forecast, type ForecastOptions, forecastSequences } from "./tasks/forecast.ts";
export { type Imputed, type ImputeOptions, imputeSequences } from "./tasks/impute.ts";
export { entryScores, stepScores } from "./tasks/incidents.ts";
export { type Alarm, calibrate, LiveDetector } from "./tasks/live-detector.ts";
export { sampleSequences } from "./tasks/sample.ts";
export { type SequenceScores, scoreNoise, scoreSequences } from "./tasks/score.ts";
export { Stream, type StreamAnswer, type StreamOptions, type StreamState } from "./tasks/stream.ts";
export type { TrainingEvent } from "./train/events.ts";
export { type TrainingOptions, trainingOptions } from "./train/options.ts";
export { Trainer } from "./train/trainer.ts";
