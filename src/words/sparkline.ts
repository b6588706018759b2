const BARS = "▁▂▃▄▅▆▇█";

/**
 * A series as a line of bars, scaled from its least to its greatest value: a series longer than `width` is averaged
 * over equal stretches. NaN and infinite values are blank; a constant series stands at half height.
 *
 * @example
 * sparkline([1, 2, 3, 4, NaN, 8], 6); // "▁▂▃▄ █"
 */
export function sparkline(values: ArrayLike<number>, width: number): string {
  const means = averaged(values, Math.max(0, Math.floor(width)));
  const finite = means.filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return means.map((value) => bar(value, low, high)).join("");
}

function averaged(values: ArrayLike<number>, width: number): number[] {
  const count = Math.min(width, values.length);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * values.length) / count);
    const until = Math.floor(((i + 1) * values.length) / count);
    const seen = Array.from({ length: until - from }, (_, j) => values[from + j]!).filter(Number.isFinite);
    return seen.length > 0 ? seen.reduce((sum, value) => sum + value / seen.length, 0) : Number.NaN;
  });
}

function bar(value: number, low: number, high: number): string {
  if (!Number.isFinite(value)) return " ";
  const share = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5;
  return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))]!;
}
