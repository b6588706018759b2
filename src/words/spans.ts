/** Units of time by their seconds, the longest first. */
const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ["year", 365.25 * 86_400],
  ["month", (365.25 / 12) * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** A number of units is told where it is as whole as this. */
const WHOLE = 0.02;

/**
 * A length of time in the longest unit of which it is a whole number, or else in the longest that fits into it.
 *
 * @example
 * spanWords(3600); // "1 hour"
 * spanWords(172_800); // "2 days"
 * spanWords(0.004); // "0.004 seconds"
 */
export function spanWords(seconds: number): string {
  const fits = UNITS.filter(([, size]) => seconds >= size * (1 - WHOLE));
  const counts = fits.map(([name, size]) => [name, seconds / size] as const);
  const whole = counts.find(
    ([, count]) => Math.abs(count - Math.round(count)) <= WHOLE * Math.min(1, count / 4),
  );
  if (whole !== undefined) return told(Math.round(whole[1]), whole[0]);
  const [name, count] = counts[0] ?? ["second", seconds];
  return told(Number(count.toPrecision(3)), name);
}

const told = (count: number, name: string): string => `${count} ${name}${count === 1 ? "" : "s"}`;
