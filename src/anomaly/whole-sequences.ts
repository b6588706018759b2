/** How odd sequences are as wholes: heartbeats, gestures, batches. */
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import type { SequenceScores } from "../inference/score.ts";

const TENTHS = 10;

/** The mean, the covariance and what is taken off: clean sequences as points. */
export interface SequenceModel {
  /** `[F]` */
  readonly mean: Float64Array;
  /** `[F]` */
  readonly deviation: Float64Array;
  readonly covariance: CholeskyDecomposition;
}

/**
 * A sequence as a point: the mean, the deviation and the last of each latent mean, and the surprise of each tenth, in nats
 * per step. A step-by-step model soon believes what it sees, so that an odd shape costs it little anywhere; where it costs,
 * and which states it passes through, tells shapes apart.
 *
 * @returns `[3 Z + 10]`
 */
export function sequenceFeatures({ length, latent, total }: SequenceScores): Float64Array {
  const width = length === 0 ? 0 : latent.length / length;
  const pooled = Array.from({ length: width }, (_, j) => {
    const own = Float64Array.from({ length }, (_, t) => latent[t * width + j]!);
    const mean = average(own);
    return [mean, Math.sqrt(average(own.map((z) => (z - mean) ** 2))), own.at(-1) ?? 0];
  });
  const tenths = Array.from({ length: TENTHS }, (_, k) => {
    const from = Math.floor((k * length) / TENTHS);
    return -average(total.subarray(from, Math.max(Math.floor(((k + 1) * length) / TENTHS), from + 1)));
  });
  return Float64Array.from([...pooled.flat(), ...tenths]);
}

/**
 * Clean sequences as a normal distribution of their features; its correlations are shrunk towards none, the more the
 * fewer sequences there are to tell them by.
 */
export function fitSequences(clean: readonly SequenceScores[]): SequenceModel {
  const points = clean.map(sequenceFeatures);
  const size = points[0]!.length;
  const mean = Float64Array.from({ length: size }, (_, j) =>
    average(Float64Array.from(points, (point) => point[j]!)),
  );
  const deviation = Float64Array.from({ length: size }, (_, j) =>
    Math.max(
      Math.sqrt(average(Float64Array.from(points, (point) => (point[j]! - mean[j]!) ** 2))),
      Number.EPSILON,
    ),
  );
  const standard = new Matrix(
    points.map((point) => [...point.map((x, j) => (x - mean[j]!) / deviation[j]!)]),
  );
  const shrinkage = Math.min(size / points.length, 0.9);
  const covariance = standard
    .transpose()
    .mmul(standard)
    .div(points.length)
    .mul(1 - shrinkage);
  for (let j = 0; j < size; j++) covariance.set(j, j, covariance.get(j, j) + shrinkage);
  return { mean, deviation, covariance: new CholeskyDecomposition(covariance) };
}

/** How far a sequence is from clean ones: the square of its Mahalanobis distance, per feature; about 1 for a clean one. */
export function sequenceScore(
  { mean, deviation, covariance }: SequenceModel,
  scores: SequenceScores,
): number {
  const point = sequenceFeatures(scores).map((x, j) => (x - mean[j]!) / deviation[j]!);
  const column = Matrix.columnVector([...point]);
  return column.dot(covariance.solve(column)) / point.length;
}

const average = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
