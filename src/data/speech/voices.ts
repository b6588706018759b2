/** What is known of an utterance before it is heard: what is said, by whom, how long it takes and how far it is. */
import { groupBy } from "../../collections.ts";
import type { ConditionColumn, ConditionRole } from "../dataset.ts";
import type { Durations } from "./knowledge.ts";

/** An utterance to be, or one that was. */
export interface Spoken {
  readonly text?: string | undefined;
  readonly speaker?: string | undefined;
  /** Steps. */
  readonly length: number;
}

/** More different texts are no levels of a column: a model of so many would know each by heart. */
export const MOST_TEXTS = 100;

type TextColumn = "text" | "speaker";
/** What names tell of a whole utterance. */
export const TEXT_COLUMNS: readonly TextColumn[] = ["text", "speaker"];

/** What numbers tell of a step: of the whole utterance, or of how much of it is over. */
export const NUMBERS: Readonly<
  Record<
    "seconds" | "progress",
    { readonly role: ConditionRole; readonly at: (step: number, spoken: Spoken, stepRate: number) => number }
  >
> = {
  seconds: { role: "static", at: (_, { length }, rate) => length / rate },
  progress: { role: "covariate", at: (step, { length }) => Math.min(1, (step + 1) / length) },
};

/**
 * What is known of the steps of an utterance, `[steps, C]`; NaN where it is not, such as a speaker that training never heard.
 *
 * @param columns those of `voiceColumns`, or some of them
 * @param steps as many as the utterance has unless told; beyond its end all of it is over
 */
export function voiceRows(
  columns: readonly ConditionColumn[],
  spoken: Spoken,
  stepRate: number,
  steps = spoken.length,
): Float64Array {
  const rows = new Float64Array(steps * columns.length);
  for (const [c, { name, levels }] of columns.entries()) {
    const number = NUMBERS[name as keyof typeof NUMBERS];
    const level = number === undefined ? levelIn(levels, spoken[name as TextColumn]) : 0;
    for (let step = 0; step < steps; step++)
      rows[step * columns.length + c] = number === undefined ? level : number.at(step, spoken, stepRate);
  }
  return rows;
}

/** The place of a level; NaN where it is none. */
export const levelIn = (levels: readonly string[], level: string | undefined): number => {
  const place = level === undefined ? -1 : levels.indexOf(level);
  return place < 0 ? Number.NaN : place;
};

/** So many lengths are kept of each text and speaker. */
const MOST_LENGTHS = 32;

/** How long training says each text by each speaker, of columns that tell these apart. */
export function durationsOf(training: readonly Spoken[], columns: readonly ConditionColumn[]): Durations[] {
  const told = TEXT_COLUMNS.filter((name) => columns.some((column) => column.name === name));
  const keyOf = (spoken: Spoken): Omit<Durations, "lengths"> =>
    Object.fromEntries(told.flatMap((name) => (spoken[name] === undefined ? [] : [[name, spoken[name]]])));
  const groups = groupBy(training, (spoken) => JSON.stringify(keyOf(spoken)));
  return [...groups.values()].map((group) => ({
    ...keyOf(group[0]!),
    lengths: thinned(group.map(({ length }) => length).sort((one, other) => one - other)),
  }));
}

const thinned = (sorted: readonly number[]): readonly number[] =>
  sorted.length <= MOST_LENGTHS
    ? sorted
    : Array.from(
        { length: MOST_LENGTHS },
        (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (MOST_LENGTHS - 1))]!,
      );

/**
 * A length for an utterance, as training has some of that text and speaker; of that text, of that speaker or of any where it
 * has none of both.
 *
 * @param share which one, from 0, the shortest, to 1, the longest
 */
export function lengthOf(
  durations: readonly Durations[],
  { text, speaker }: Omit<Spoken, "length">,
  share: number,
): number | undefined {
  const fits = (wanted: Omit<Spoken, "length">) =>
    durations.filter(
      (each) =>
        (wanted.text === undefined || each.text === wanted.text) &&
        (wanted.speaker === undefined || each.speaker === wanted.speaker),
    );
  const nearest =
    [{ text, speaker }, { text }, { speaker }, {}].map(fits).find(({ length }) => length > 0) ?? [];
  const lengths = nearest.flatMap((each) => each.lengths).sort((a, b) => a - b);
  return lengths[Math.min(lengths.length - 1, Math.floor(share * lengths.length))];
}
