/** log(eᵃ + eᵇ), exact where one of them is −∞. */
export function logAdd(a: number, b: number): number {
  const [top, low] = a > b ? [a, b] : [b, a];
  return low === Number.NEGATIVE_INFINITY ? top : top + Math.log1p(Math.exp(low - top));
}
