import type { Sequence } from "../../src/data/dataset.ts";
import { type Exported, type ExportGraph, exportGraph } from "../../src/export/export.ts";
import { scoreNoise } from "../../src/inference/score.ts";
import { latentWidth, type Model } from "../../src/models/model.ts";
import { stateShapes } from "../../src/models/state.ts";
import { Vrnn, type VrnnOptions } from "../../src/models/vrnn/vrnn.ts";
import { sizeOf } from "../../src/nn/parameters.ts";
import { Random } from "../../src/random/generator.ts";
import { mixed, someWeights } from "../inference/columns.ts";

export const seed = 3;

/** Models that differ in what their files hold: cells and their states, outputs that lean on the past, layers. */
export const variants: Readonly<Record<string, Partial<VrnnOptions>>> = {
  "GRU, default outputs": {},
  "LSTM in two layers, persistent outputs": { cell: "lstm", layers: 2, emission: ["persistent"] },
};

export function exportedOf(options: Partial<VrnnOptions>): Exported & { readonly model: Vrnn } {
  const model = new Vrnn({
    columns: mixed,
    hidden: 7,
    latent: 3,
    cell: "gru",
    layers: 1,
    residual: true,
    ...options,
  });
  return { model, weights: someWeights(model), columns: mixed, family: "vrnn", version: "0.0.0" };
}

export const bytesOf = (name: ExportGraph, exported: Exported): Uint8Array =>
  exportGraph(name, exported).model;

/** Anything that makes tensors as ONNX Runtime's packages do. */
export interface OrtTensors<Tensor> {
  Tensor: new (
    type: "float32" | "float64",
    data: Float32Array | Float64Array,
    shape: readonly number[],
  ) => Tensor;
}

/** The state before the first step. */
export const noState = <T>({ Tensor }: OrtTensors<T>, model: Model, rows = 1): Record<string, T> =>
  Object.fromEntries(
    Object.entries(stateShapes(model)).map(([part, shape]) => [
      `state.${part}`,
      new Tensor("float32", new Float32Array(rows * sizeOf({ shape })), [rows, ...shape]),
    ]),
  );

/** The noise that scoring a sequence draws, `[T, Z]`. */
export function noiseOf(model: Model, sequence: Sequence): Float32Array {
  const noise = new Float32Array(sequence.length * latentWidth(model));
  scoreNoise(seed, sequence).fillNormal(noise);
  return noise;
}

/** The random numbers that sampling draws for its first sequence. */
export function samplingDraws(kind: "noise" | "uniform" | "normal", size: number): Float32Array {
  const random = Random.stream(seed, "sample", kind, 0);
  const numbers = new Float32Array(size);
  if (kind === "uniform") random.fillUniform(numbers);
  else random.fillNormal(numbers);
  return numbers;
}

/** The greatest difference of two series, relative to the larger number or 1. */
export function worst(actual: ArrayLike<number | bigint>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Array.from(expected).reduce(
    (most, value, i) => Math.max(most, Math.abs(Number(actual[i]) - value) / Math.max(1, Math.abs(value))),
    0,
  );
}
