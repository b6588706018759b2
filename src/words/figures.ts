/** How figures are shown to people. */

/** @example clockTime(3725) // "1:02:05" */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** @example nats(-7.54321) // "-7.543" */
export const nats = (value: number): string => value.toFixed(3).replace(/^-(0\.0*)$/, "$1");

/** @example percent(0.98765) // "98.8 %" */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/**
 * What is told of labels or transcripts, where a summary has it.
 *
 * @example
 * labelWords({ accuracy: 0.984, crossEntropy: 0.0612 }); // "98.4 % of labels right, cross-entropy 0.061"
 * labelWords({ ctc: 3.5218 }); // "3.522 nats a transcript"
 */
export const labelWords = ({
  accuracy,
  crossEntropy,
  ctc,
}: Readonly<Record<string, number>>): string | undefined => {
  if (accuracy !== undefined && crossEntropy !== undefined)
    return `${percent(accuracy)} of labels right, cross-entropy ${nats(crossEntropy)}`;
  return ctc === undefined ? undefined : `${nats(ctc)} nats a transcript`;
};

/** @example grouped(1234567) // "1,234,567" */
export const grouped = (value: number): string => value.toLocaleString("en");

/**
 * @example
 * counted(1200, "step"); // "1,200 steps"
 * counted(2, "entry", "entries"); // "2 entries"
 */
export const counted = (count: number, noun: string, several = `${noun}s`): string =>
  `${grouped(count)} ${count === 1 ? noun : several}`;

/** @example rate(0.4214) // "0.42" */
export const rate = (perSecond: number): string =>
  String(Number(perSecond.toPrecision(perSecond < 100 ? 2 : 3)));

/** @example listed(["a", "b", "c", "d"], 3) // "a, b and 2 more" */
export function listed(names: readonly string[], most: number): string {
  const shown =
    names.length > most ? [...names.slice(0, most - 1), `${grouped(names.length - most + 1)} more`] : names;
  const [last = ""] = shown.slice(-1);
  return shown.length > 1 ? `${shown.slice(0, -1).join(", ")} and ${last}` : last;
}
