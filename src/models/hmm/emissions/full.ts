import type { Column } from "../../../data/dataset.ts";
import { gridOf, halfLogTwoPi, inverseSoftplus } from "../../../distributions/gaussian.ts";
import { aboveFloor, softplus } from "../../scales.ts";
import { cholesky, flooredCholesky, solveLower, squared } from "./cholesky.ts";
import { type EmissionFit, sumOverSeen, type Values } from "./fit.ts";

/**
 * Columns that are normal together: parameters are the mean `[D]` and the Cholesky factor of the covariance `[D, D]`.
 * Statistics are the weight, and around the mean of before the sums `[D]` and the products `[D, D]`, in which what is missing
 * stands as it is expected given what was seen, with its covariance (Ghahramani and Jordan, "Supervised learning from incomplete
 * data via an EM approach", 1994). A scale given the columns before it that would fall below its floor is held there.
 */
export function fullFit(columns: readonly Column[]): EmissionFit {
  const { floors, offsets } = gridOf(columns);
  const { length: size } = columns;
  const least = floors.map(aboveFloor);
  return {
    free: size + (size * (size + 1)) / 2,
    parametersOf: (raw) => {
      const factor = lowerOf(raw.subarray(2 * size), size);
      for (let d = 0; d < size; d++) factor[d * size + d] = softplus(raw[size + d]!) + floors[d]!;
      return Float64Array.from([...raw.subarray(0, size), ...factor]);
    },
    rawOf: (parameters) => {
      const factor = parameters.subarray(size);
      const scales = least.map((floor, d) =>
        inverseSoftplus(Math.max(factor[d * (size + 1)]!, floor) - floors[d]!),
      );
      return [...parameters.subarray(0, size), ...scales, ...leftOf(factor, size)];
    },
    addLogDensities: (logs, values, parameters) => {
      const { kinds, of } = patternsOf(values);
      const seen = kinds.map((marks) => seenPart(marks, parameters, size));
      const off = seen.map(({ places }) => new Float64Array(places.length));
      for (let t = 0; t < logs.length; t++) logs[t]! += logDensity(seen[of[t]!]!, off[of[t]!]!, values, t);
    },
    logConstant: (values) =>
      offsets.reduce((all, offset, d) => all + sumOverSeen(values[d]!, () => offset - halfLogTwoPi), 0),
    empty: () => new Float64Array(1 + size + size ** 2),
    addExpected: (statistics, values, shares, parameters) => {
      const { kinds, of } = patternsOf(values);
      const parts = kinds.map((marks) => expectedPart(marks, parameters, size));
      const weights = new Float64Array(kinds.length);
      for (let t = 0; t < shares.length; t++) {
        const part = parts[of[t]!]!;
        if (part.places.length === 0) continue; // nothing was seen, and nothing is learnt
        weights[of[t]!]! += shares[t]!;
        addRow(statistics, filled(part, values, t, size), shares[t]!);
      }
      parts.forEach(({ unsure }, kind) => {
        addScaled(statistics, unsure, weights[kind]!, 1 + size);
      });
    },
    maximised: (statistics, before) => {
      const weight = statistics[0]!;
      if (!(weight > 0)) return before;
      const shift = statistics.subarray(1, 1 + size).map((sum) => sum / weight);
      const covariance = statistics
        .subarray(1 + size)
        .map((sum, i) => sum / weight - shift[Math.floor(i / size)]! * shift[i % size]!);
      const mean = shift.map((own, d) => before[d]! + own);
      return Float64Array.from([...mean, ...flooredCholesky(covariance, least)]);
    },
  };
}

/** A lower triangular matrix, `[D, D]`, out of what stands left of its diagonal, row by row. */
function lowerOf(left: Float64Array, size: number): Float64Array {
  const matrix = new Float64Array(size ** 2);
  for (let i = 1; i < size; i++) matrix.set(left.subarray((i * (i - 1)) / 2, (i * (i + 1)) / 2), i * size);
  return matrix;
}

/** The way back. */
const leftOf = (matrix: Float64Array, size: number): number[] =>
  Array.from({ length: size }, (_, i) => [...matrix.subarray(i * size, i * size + i)]).flat();

/** Which entries of rows were seen: each set that occurs, and which one each row has. */
interface Patterns {
  /** `[D]` each: 1 where an entry was seen. */
  readonly kinds: readonly Uint8Array[];
  /** `[T]` */
  readonly of: Int32Array;
}

/** Those of a sequence, which all states and iterations ask for. */
const patterns = new WeakMap<Values, Patterns>();

function patternsOf(values: Values): Patterns {
  const known = patterns.get(values);
  if (known !== undefined) return known;
  const found = new Map<string, { readonly place: number; readonly marks: Uint8Array }>();
  const of = Int32Array.from(values[0]!, (_, t) => {
    const marks = Uint8Array.from(values, (column) => (Number.isNaN(column[t]!) ? 0 : 1));
    const key = marks.join("");
    const kind = found.get(key) ?? { place: found.size, marks };
    found.set(key, kind);
    return kind.place;
  });
  const made = { kinds: [...found.values()].map(({ marks }) => marks), of };
  patterns.set(values, made);
  return made;
}

/** What is said of the entries that were seen of a row. */
interface SeenPart {
  readonly mean: Float64Array;
  /** Their places among the columns. */
  readonly places: readonly number[];
  /** The factor of their covariance. */
  readonly factor: Float64Array;
  /** The sum of the logarithms of its diagonal. */
  readonly logScale: number;
}

const placesOf = (marks: Uint8Array, mark: 0 | 1): number[] =>
  [...marks.keys()].filter((d) => marks[d] === mark);

function seenPart(marks: Uint8Array, parameters: Float64Array, size: number): SeenPart {
  const [mean, whole] = [parameters.subarray(0, size), parameters.subarray(size)];
  const places = placesOf(marks, 1);
  const { length: n } = places;
  const factor = n === size ? whole : cholesky(picked(squared(whole, size), places, places, size), n);
  return {
    mean,
    places,
    factor,
    logScale: places.reduce((all, _, i) => all + Math.log(factor[i * (n + 1)]!), 0),
  };
}

/** Rows and columns of a matrix. */
const picked = (
  matrix: Float64Array,
  rows: readonly number[],
  columns: readonly number[],
  size: number,
): Float64Array => Float64Array.from(rows.flatMap((i) => columns.map((j) => matrix[i * size + j]!)));

/** log N(x; μ, Σ) of what was seen, less the constant of all. @param off is overwritten */
function logDensity(
  { mean, places, factor, logScale }: SeenPart,
  off: Float64Array,
  values: Values,
  t: number,
): number {
  for (let i = 0; i < off.length; i++) off[i] = values[places[i]!]![t]! - mean[places[i]!]!;
  solveLower(factor, off);
  let squares = 0;
  for (let i = 0; i < off.length; i++) squares += off[i]! ** 2;
  return -logScale - 0.5 * squares;
}

/** What is expected of the entries that are missing. */
interface ExpectedPart extends SeenPart {
  readonly missing: readonly number[];
  /** `[missing, seen]`: Σ_ms L⁻ᵀ, which a row that was solved by L is multiplied by. */
  readonly slopes: Float64Array;
  /** `[D, D]`: their covariance given what was seen; 0 elsewhere. */
  readonly unsure: Float64Array;
}

function expectedPart(marks: Uint8Array, parameters: Float64Array, size: number): ExpectedPart {
  const seen = seenPart(marks, parameters, size);
  const missing = placesOf(marks, 0);
  const covariance = squared(parameters.subarray(size), size);
  const { length: n } = seen.places;
  const slopes = picked(covariance, missing, seen.places, size);
  for (let m = 0; m < missing.length; m++) solveLower(seen.factor, slopes.subarray(m * n, (m + 1) * n));
  const unsure = new Float64Array(size ** 2);
  missing.forEach((i, a) => {
    missing.forEach((j, b) => {
      let told = 0;
      for (let k = 0; k < n; k++) told += slopes[a * n + k]! * slopes[b * n + k]!;
      unsure[i * size + j] = covariance[i * size + j]! - told;
    });
  });
  return { ...seen, missing, slopes, unsure };
}

/** How far a row is off the mean, `[D]`: what was seen of it, and what is expected of the rest. */
function filled(
  { mean, places, factor, missing, slopes }: ExpectedPart,
  values: Values,
  t: number,
  size: number,
): Float64Array {
  const row = new Float64Array(size);
  for (const d of places) row[d] = values[d]![t]! - mean[d]!;
  if (missing.length === 0) return row;
  const solved = Float64Array.from(places, (d) => row[d]!);
  solveLower(factor, solved);
  missing.forEach((d, m) => {
    for (let k = 0; k < solved.length; k++) row[d]! += slopes[m * solved.length + k]! * solved[k]!;
  });
  return row;
}

/** Adds a weight, a row so many times and its products with itself. */
function addRow(statistics: Float64Array, row: Float64Array, share: number): void {
  const { length: size } = row;
  statistics[0]! += share;
  for (let i = 0; i < size; i++) {
    const own = share * row[i]!;
    statistics[1 + i]! += own;
    for (let j = 0; j < size; j++) statistics[1 + size + i * size + j]! += own * row[j]!;
  }
}

function addScaled(target: Float64Array, values: Float64Array, scale: number, at: number): void {
  for (let i = 0; i < values.length; i++) target[at + i]! += scale * values[i]!;
}
