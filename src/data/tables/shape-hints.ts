/** What tables look like that may be of another shape than a row a step. */
import { areNumbers, type Cells, isMissing } from "./cells.ts";
import { looksLikeDate } from "./header.ts";
import type { Table } from "./table.ts";

/** So many rows are looked at. */
const LOOKED_AT = 2000;
/** A long table has so many columns at most: names, values, times, sequences. */
const MOST_OF_LONG = 4;
/** A table of series in rows has so many values in each at least. */
const LEAST_OF_WIDE = 24;

/**
 * What is told of a table that looks long, or that looks as if each row were a series; undefined for any other.
 *
 * @param sequence the column that is said to name the sequences, which names no parameters then
 * @example
 * shapeHint(table); // 'column "Parameter" names what the values of "Value" are of: a column each with --pivot Parameter:Value'
 */
export const shapeHint = (table: Table, sequence?: string): string | undefined =>
  longHint(table, sequence) ?? wideHint(table);

/** Names of which most occur once beside each combination of the other columns, which most rows share with another. */
function longHint({ columns, rows }: Table, sequence: string | undefined): string | undefined {
  if (columns.size < 3 || columns.size > MOST_OF_LONG) return undefined;
  const [texts, numbers] = [named(columns, isText), named(columns, areNumbers)];
  const [parameter, value] = [texts[0], numbers.at(-1)];
  if (texts.length !== 1 || parameter === undefined || parameter === sequence || value === undefined)
    return undefined;
  const others = [...columns].filter(([name]) => name !== parameter && name !== value);
  const count = Math.min(rows, LOOKED_AT);
  const distinct = (cells: readonly Cells[]) =>
    new Set(Array.from({ length: count }, (_, row) => JSON.stringify(cells.map((own) => own[row])))).size;
  const keys = others.map(([, cells]) => cells);
  const isShared = distinct(keys) * 2 <= count;
  const isNamed = distinct([...keys, columns.get(parameter)!]) >= 0.9 * count;
  if (!isShared || !isNamed || distinct([columns.get(parameter)!]) < 2) return undefined;
  return `column "${parameter}" names what the values of "${value}" are of: a column each with --pivot ${parameter}:${value}`;
}

/** A name in each row, all different, before many numbers whose columns are counted or called after dates. */
function wideHint({ columns, rows }: Table): string | undefined {
  const [[, first = []] = [], ...rest] = [...columns];
  const isNamed = isText(first) && new Set(first).size === rows;
  if (!isNamed || rest.length < LEAST_OF_WIDE || !rest.every(([, cells]) => areNumbers(cells)))
    return undefined;
  const isCounted = rest.every(([name]) => /^\D*\d+$/.test(name) || looksLikeDate(name));
  return isCounted ? "each row may be a series of its own: --series rows" : undefined;
}

const named = (columns: Table["columns"], passes: (cells: Cells) => boolean): string[] =>
  [...columns].flatMap(([name, cells]) => (passes(cells) ? [name] : []));

/** Dates are read later: here they are texts, and no names. */
const isText = (cells: Cells): boolean =>
  !(cells instanceof Float64Array) &&
  cells.every((cell) => (typeof cell === "string" ? !looksLikeDate(cell) : isMissing(cell)));
