/** How surprise is shaded. */

/** From how many nats on each shade begins, the palest first: p = 0.37, 0.14, 0.05, 0.018 and 0.0025. */
export const LEVELS: readonly number[] = [1, 2, 3, 4, 6];

/**
 * The shade of a surprise: 0 for none.
 *
 * @example
 * levelOf(2.5); // 2
 */
export const levelOf = (nats: number): number => LEVELS.filter((from) => nats >= from).length;

/** The share of colour in each shade, in percent. */
const STRENGTHS: readonly number[] = [14, 28, 42, 58, 78];

/** The rules of a style sheet for the shades `s1` and on. */
export const surpriseRules = (): string =>
  STRENGTHS.map(
    (share, i) => `.s${i + 1}{background:color-mix(in srgb,var(--missed) ${share}%,transparent)}`,
  ).join("\n");
