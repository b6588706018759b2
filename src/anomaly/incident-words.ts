/** Incidents as plain sentences. */
import type { Column } from "../data/dataset.ts";
import { grouped } from "../words/figures.ts";
import type { Moments } from "./change-watch.ts";
import type { ColumnChange } from "./column-watch.ts";
import { DIVERGENCE_COLUMN } from "./entry-scores.ts";
import type { OverallChange } from "./overall-watch.ts";

/** How a column changed for good. */
export type ChangeKind = "level" | "spread" | "behaviour";

/** The level has moved when its mean is so many of the old deviations away. */
const MOVED = 1;
/** The spread has changed when the deviation has grown or shrunk by this factor. */
const SPREAD = 2;

/** Kinds of columns whose mean says something. */
const LEVELLED: ReadonlySet<Column["kind"]> = new Set(["real", "count", "proportion", "quantised", "binary"]);

type Change = Pick<ColumnChange, "values" | "before">;

/** The values before a change: those of training unless an earlier change told others. */
const beforeOf = ({ mean, standardDeviation }: Column, { before }: Change): Moments =>
  before ?? { mean, deviation: standardDeviation };

/** How a column changed; the latent variables have no values to tell by. */
export function changeKind(column: Column | undefined, change: Change): ChangeKind {
  const { values } = change;
  if (column === undefined || values === undefined || !LEVELLED.has(column.kind)) return "behaviour";
  const usual = beforeOf(column, change);
  if (Math.abs(values.mean - usual.mean) > MOVED * usual.deviation) return "level";
  const ratio = values.deviation / usual.deviation;
  return ratio > SPREAD || ratio < 1 / SPREAD ? "spread" : "behaviour";
}

const figure = (value: number): string => String(Number(value.toPrecision(3)));

const named = (name: string): string => (name === DIVERGENCE_COLUMN ? "the latent variables" : name);

/**
 * What a lasting change was.
 *
 * @param name of the column
 * @param column what is known of it; undefined for the latent variables
 * @example
 * changeSentence("m27", column, change); // "m27 changed level at row 812: from 0.21 to 0.83 and stayed"
 */
export function changeSentence(
  name: string,
  column: Column | undefined,
  change: ColumnChange,
  until?: number,
): string {
  const row = grouped(change.since + 1);
  const subject = named(name);
  const isLatent = name === DIVERGENCE_COLUMN;
  if (change.type === "back")
    return `${subject} ${isLatent ? "are" : "is"} as before again from row ${row} on`;
  const stayed = until === undefined ? "and stayed" : `until row ${grouped(until)}`;
  const kind = changeKind(column, change);
  if (kind === "behaviour")
    return `${subject} ${isLatent ? "behave" : "behaves"} otherwise from row ${row} on, ${until === undefined ? "for good" : stayed}`;
  const [before, after] = [beforeOf(column as Column, change), change.values as Moments];
  return kind === "level"
    ? `${subject} changed level at row ${row}: from ${figure(before.mean)} to ${figure(after.mean)} ${stayed}`
    : `${subject} changed spread at row ${row}: its deviation went from ${figure(before.deviation)} to ${figure(after.deviation)} ${stayed}`;
}

/** What a lasting change of no single column was. */
export function overallSentence(
  { type, since }: Pick<OverallChange, "type" | "since">,
  until?: number,
): string {
  const row = grouped(since + 1);
  if (type === "back") return `the columns together are as before again from row ${row} on`;
  const stayed = until === undefined ? "for good" : `until row ${grouped(until)}`;
  return `the columns together behave otherwise from row ${row} on, ${stayed}`;
}

/** An entry that stood out most, and what is usual of its column. */
export interface Outstanding {
  readonly name: string;
  readonly column: Column | undefined;
  readonly value: number;
}

/**
 * What stood out in a stretch of steps.
 *
 * @example
 * anomalySentence({ first: 811, last: 829, peak: 819 }, [{ name: "m27", column, value: 0.83 }]);
 * // "rows 812 to 830: m27 stood out (0.83 at row 820, usually 0.21 ± 0.04)"
 */
export function anomalySentence(
  { first, last, peak }: { readonly first: number; readonly last: number; readonly peak: number },
  columns: readonly Outstanding[],
): string {
  const rows =
    first === last ? `row ${grouped(first + 1)}` : `rows ${grouped(first + 1)} to ${grouped(last + 1)}`;
  if (columns.length === 0) return `${rows}: many columns together were unusual, none by itself`;
  const names = columns.map(({ name }) => named(name));
  const all = names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return `${rows}: ${all} stood out${valueWords(columns[0] as Outstanding, peak)}`;
}

function valueWords({ column, value }: Outstanding, peak: number): string {
  if (column === undefined || Number.isNaN(value)) return "";
  const at = `at row ${grouped(peak + 1)}`;
  if (column.kind === "categorical") return ` (${column.levels[value] ?? "a level never seen"} ${at})`;
  return ` (${figure(value)} ${at}, usually ${figure(column.mean)} ± ${figure(column.standardDeviation)})`;
}

/** How far above the threshold of alarms an incident rose, in words: each 2.3 nats are a factor of ten in rarity. */
export const severityWord = (severity: number): "slight" | "clear" | "severe" =>
  severity < 2.5 ? "slight" : severity < 10 ? "clear" : "severe";
