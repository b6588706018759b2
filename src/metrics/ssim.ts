/** The window that Wang et al. weigh a neighbourhood by, and the constants that keep flat ones from dividing by zero. */
const [SIDE, DEVIATION] = [11, 1.5];
const [C1, C2] = [0.01 ** 2, 0.03 ** 2];

const weights = Array.from({ length: SIDE }, (_, i) =>
  Math.exp(-0.5 * ((i - (SIDE - 1) / 2) / DEVIATION) ** 2),
);
const total = weights.reduce((sum, weight) => sum + weight, 0);
const kernel = weights.map((weight) => weight / total);

/**
 * Structural similarity of two pictures in grey (Wang, Bovik, Sheikh and Simoncelli 2004, eq. 13): the mean over all windows of
 * 11 × 11 that lie within, each weighed by a Gaussian of deviation 1.5, of
 * (2μₐμ_b + C₁)(2σ_ab + C₂) / ((μₐ² + μ_b² + C₁)(σₐ² + σ_b² + C₂)).
 *
 * @param a `[H·W]` from 0 to 1 @param b likewise
 * @param width at least 11, as is the height
 * @example
 * ssim(frame, frame, 32); // 1
 */
export function ssim(a: ArrayLike<number>, b: ArrayLike<number>, width: number): number {
  const product = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Float64Array.from({ length: x.length }, (_, i) => x[i]! * y[i]!);
  const [meanA, meanB, squareA, squareB, both] = [a, b, product(a, a), product(b, b), product(a, b)].map(
    (each) => blurred(each, width),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const sum = meanA.reduce((all, own, i) => {
    const other = meanB[i]!;
    const covariance = both[i]! - own * other;
    const variances = squareA[i]! - own ** 2 + squareB[i]! - other ** 2;
    const luminance = (2 * own * other + C1) / (own ** 2 + other ** 2 + C1);
    return all + (luminance * (2 * covariance + C2)) / (variances + C2);
  }, 0);
  return sum / meanA.length;
}

/** Weighted means of all windows within, rows first: the kernel is a product. */
function blurred(x: ArrayLike<number>, width: number): Float64Array {
  const height = x.length / width;
  const columns = width - SIDE + 1;
  const rows = height - SIDE + 1;
  const along = Float64Array.from({ length: height * columns }, (_, i) => {
    const from = Math.floor(i / columns) * width + (i % columns);
    return kernel.reduce((sum, weight, k) => sum + weight * x[from + k]!, 0);
  });
  return Float64Array.from({ length: rows * columns }, (_, i) =>
    kernel.reduce((sum, weight, k) => sum + weight * along[i + k * columns]!, 0),
  );
}
