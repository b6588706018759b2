/** How one way does beside another. */
export type Verdict = "ahead" | "level" | "behind";

/**
 * What an interval of 95 % of a gain says: sure to be better, sure to be worse, or neither.
 *
 * @param interval of how much better the first is than the second; null, where there is too little to tell: level
 * @example
 * verdictOf([0.1, 0.4]); // "ahead"
 */
export function verdictOf(interval: readonly [low: number, high: number] | null): Verdict {
  if (interval === null) return "level";
  const [low, high] = interval;
  if (low > 0) return "ahead";
  return high < 0 ? "behind" : "level";
}
