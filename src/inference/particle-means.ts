/** Means over particles: `[T, S, D]` to `[T, D]`. */
export function meansOf(values: ArrayLike<number>, steps: number, width: number): Float64Array {
  const particles = values.length / Math.max(1, steps * width);
  const means = new Float64Array(steps * width);
  for (let i = 0; i < values.length; i++) {
    const step = Math.floor(i / (particles * width));
    means[step * width + (i % width)]! += values[i]! / particles;
  }
  return means;
}
