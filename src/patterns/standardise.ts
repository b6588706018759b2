/** Features of different units made comparable, by what some of them say of each. */
import { sampleQuantile } from "../metrics/quantiles.ts";

/** How each feature is put on one scale. */
export interface Standard {
  /** `[F]` each: values beyond these count as these. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** `[F]` each: (value − mean) / deviation. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** This share of the rows at either end does not say how far a feature reaches: one outlier would set the scale. */
const TAIL = 0.01;

/** @param rows `[N]` rows `[F]`; NaN is not known */
export function standardOf(rows: readonly Float64Array[]): Standard {
  const each = Array.from({ length: rows[0]?.length ?? 0 }, (_, f) =>
    featureStandard(rows.map((row) => row[f]!)),
  );
  const part = (name: keyof Standard) => each.map((own) => own[name]);
  return { low: part("low"), high: part("high"), mean: part("mean"), deviation: part("deviation") };
}

function featureStandard(values: readonly number[]): Readonly<Record<keyof Standard, number>> {
  const seen = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  if (seen.length === 0) return { low: 0, high: 0, mean: 0, deviation: 1 };
  const [low, high] = [sampleQuantile(seen, TAIL), sampleQuantile(seen, 1 - TAIL)];
  const clipped = seen.map((value) => Math.min(Math.max(value, low), high));
  const mean = clipped.reduce((sum, value) => sum + value, 0) / clipped.length;
  const variance = clipped.reduce((sum, value) => sum + (value - mean) ** 2, 0) / clipped.length;
  const deviation = Math.sqrt(variance);
  return { low, high, mean, deviation: deviation > 1e-9 * Math.max(1, Math.abs(mean)) ? deviation : 1 };
}

/** A row on that scale, `[F]`; NaN is what is not known. */
export const onScale = ({ low, high, mean, deviation }: Standard, row: Float64Array): Float64Array =>
  row.map((value, f) => (Math.min(Math.max(value, low[f]!), high[f]!) - mean[f]!) / deviation[f]!);

/** A row on that scale, `[F]`; what is not known is as the mean. */
export const standardised = (standard: Standard, row: Float64Array): Float64Array =>
  onScale(standard, row).map((value) => (Number.isNaN(value) ? 0 : value));
