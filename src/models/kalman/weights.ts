/** Between the weights of a Kalman filter and its parameters in float64, and what it is fitted to. */
import type { Column, ConditionColumn, Sequence } from "../../data/dataset.ts";
import { columnScaling, FARTHEST } from "../../data/scaling.ts";
import { inverseSoftplus } from "../../distributions/gaussian.ts";
import { type Parameter, sizeOf } from "../../nn/parameters.ts";
import { softplus } from "../scales.ts";
import { choleskyOf, product, transposed } from "./dense.ts";
import { LEAST_PROCESS } from "./em.ts";
import type { LinearGaussian, StateSequence, StateSizes } from "./linear-gaussian.ts";
import type { Structure } from "./structures.ts";

/** The least deviation of what moves a state. */
export const LEAST_SCALE = Math.sqrt(LEAST_PROCESS);

/** What says how weights are read: the widths, the structure if there is one, and the least deviation of each column. */
export interface WeightLayout extends StateSizes {
  readonly parameters: readonly Parameter[];
  readonly structure: Structure | undefined;
  readonly floors: readonly number[];
}

/** @param weights `[P]` */
export function linearGaussianOf(weights: Float32Array, layout: WeightLayout): LinearGaussian {
  const { states: n, width, inputs, structure, floors } = layout;
  const part = partsOf(weights, layout.parameters);
  const sizes = { states: n, width, inputs };
  const noise = part("noise").map((raw, d) => (softplus(raw) + floors[d]!) ** 2);
  const none = (size: number) => new Float64Array(size);
  if (structure !== undefined) {
    const process = none(n * n);
    part("process").forEach((raw, i) => {
      const state = structure.noisy[i]!;
      process[state * n + state] = (softplus(raw) + LEAST_SCALE) ** 2;
    });
    const { transition, observation } = structure;
    return {
      ...sizes,
      ...{ transition, observation, process, noise },
      ...{ input: none(0), direct: none(0), offset: none(width), initialMean: none(n) },
      initialCovariance: diagonal(structure.initialVariance),
    };
  }
  return {
    ...sizes,
    transition: turned(part("transition"), n, n),
    input: inputs > 0 ? turned(part("input"), inputs, n) : none(0),
    process: squared(part("process"), n),
    observation: turned(part("observation"), n, width),
    direct: inputs > 0 ? turned(part("direct"), inputs, width) : none(0),
    offset: part("offset"),
    noise,
    initialMean: part("initial.mean"),
    initialCovariance: squared(part("initial.factor"), n),
  };
}

/** The way back, `[P]`. */
export function weightsOf(model: LinearGaussian, layout: WeightLayout): Float32Array {
  const { states: n, width, inputs, structure, floors, parameters } = layout;
  const raw = (deviation: number, floor: number) =>
    inverseSoftplus(Math.max(deviation - floor, 1e-6 * floor));
  const parts: Readonly<Record<string, () => ArrayLike<number>>> = {
    noise: () => model.noise.map((variance, d) => raw(Math.sqrt(variance), floors[d]!)),
    process: () =>
      structure === undefined
        ? choleskyOf(model.process, n)
        : structure.noisy.map((state) => raw(Math.sqrt(model.process[state * n + state]!), LEAST_SCALE)),
    transition: () => turned(model.transition, n, n),
    input: () => turned(model.input, n, inputs),
    observation: () => turned(model.observation, width, n),
    direct: () => turned(model.direct, width, inputs),
    offset: () => model.offset,
    "initial.mean": () => model.initialMean,
    "initial.factor": () => choleskyOf(model.initialCovariance, n),
  };
  return Float32Array.from(parameters.flatMap(({ name }) => Array.from(parts[name]!())));
}

/** Parameters by name, in float64. */
function partsOf(weights: Float32Array, parameters: readonly Parameter[]): (name: string) => Float64Array {
  const places = new Map<string, readonly [number, number]>();
  let at = 0;
  for (const parameter of parameters) {
    places.set(parameter.name, [at, at + sizeOf(parameter)]);
    at += sizeOf(parameter);
  }
  return (name) => Float64Array.from(weights.subarray(...places.get(name)!));
}

/** A flat matrix with rows and columns exchanged. */
function turned(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(matrix.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) out[j * rows + i] = matrix[i * columns + j]!;
  return out;
}

/** L Lᵀ of the lower half of a matrix, and the least variance. */
function squared(matrix: Float64Array, n: number): Float64Array {
  const lower = matrix.map((value, i) => (i % n <= Math.floor(i / n) ? value : 0));
  const out = product(lower, transposed(lower, n), n, n, n);
  for (let i = 0; i < n; i++) out[i * n + i]! += LEAST_PROCESS;
  return out;
}

function diagonal(variances: readonly number[]): Float64Array {
  const n = variances.length;
  const out = new Float64Array(n * n);
  for (const [i, variance] of variances.entries()) out[i * n + i] = variance;
  return out;
}

/** What is known of each step as the networks read it: scaled values, 0 where they are missing, then which are known. `[T, 2C]` */
export function inputsOf(
  { length, conditions: values }: Sequence,
  conditions: readonly ConditionColumn[],
): Float64Array {
  const count = conditions.length;
  const out = new Float64Array(2 * count * length);
  const scalings = conditions.map(columnScaling);
  const centres = conditions.map(({ kind, mean }) => (kind === "binary" ? mean : 0));
  for (let i = 0; i < count * length; i++) {
    const [t, c] = [Math.floor(i / count), i % count];
    const value = ((values?.[i] ?? Number.NaN) - scalings[c]!.shift) / scalings[c]!.scale;
    if (Number.isNaN(value)) continue;
    out[t * 2 * count + c] = value - centres[c]!;
    out[t * 2 * count + count + c] = 1;
  }
  return out;
}

/** Kinds of conditions that `inputsOf` reads as a graph does. */
export const isLinearInput = ({ kind }: Pick<Column, "kind">): boolean =>
  kind === "real" || kind === "quantised" || kind === "binary";

/** A sequence to fit, in the units of the model, missing entries too. */
export function stateSequence(
  sequence: Sequence,
  columns: readonly Column[],
  conditions: readonly ConditionColumn[],
): StateSequence {
  const scalings = columns.map(columnScaling);
  const table = sequence.values.map((value, i) => {
    const { shift, scale } = scalings[i % columns.length]!;
    return Math.max(-FARTHEST, Math.min(FARTHEST, (value - shift) / scale)); // as it is fed to the graph
  });
  return { table, inputs: inputsOf(sequence, conditions) };
}

/** What makes log densities of the observed entries log masses of their cells. @param offsets `[D]` */
export const massOf = ({ table }: StateSequence, offsets: readonly number[]): number =>
  table.reduce((all, value, i) => all + (Number.isNaN(value) ? 0 : offsets[i % offsets.length]!), 0);
