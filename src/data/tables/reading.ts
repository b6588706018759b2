/** What the options of a schema say of the reading of cells. */
import { readConditions } from "../derived/derived-column.ts";
import { type CellReader, cellReader } from "./cells.ts";
import { pivotOf } from "./pivot-names.ts";
import type { SchemaOptions } from "./schema.ts";
import type { CsvOptions } from "./separated.ts";

/** Columns whose cells are names and not numbers, each with the levels that a trained model knows. */
export type NameColumns = ReadonlyMap<string, ReadonlySet<string>>;

export const cellsBy = ({ missing, notMissing }: SchemaOptions): CellReader =>
  cellReader(missing, notMissing);

/** Whatever a column says is a name: "Na" is sodium. */
class AnyName extends Set<string> {
  override has(name: string): boolean {
    return name !== "";
  }
}

/** The columns of sequences and labels, those that are said to be categorical, and the categorical ones of a trained model. */
export function nameColumns(options: SchemaOptions): NameColumns {
  const { sequence, label, levels: labels = [], kinds = {}, columns, conditions, pivot } = options;
  const names = new Map<string, ReadonlySet<string>>();
  if (columns === undefined) {
    for (const [name, kind] of Object.entries(kinds)) if (kind === "categorical") names.set(name, new Set());
  }
  for (const { name, kind, levels } of [...(columns ?? []), ...readConditions(conditions)])
    if (kind === "categorical") names.set(name, new Set(levels));
  if (label !== undefined) names.set(label, new Set(labels));
  if (pivot !== undefined) names.set(pivotOf(pivot).parameter, new AnyName());
  if (sequence !== undefined) names.set(sequence, names.get(sequence) ?? new Set());
  return names;
}

/** What is said of a CSV file. */
export const csvOptions = (options: SchemaOptions): CsvOptions => ({
  header: options.header,
  decimal: options.decimal,
  dropped: options.drop,
  names: nameColumns(options),
  expected:
    options.columns && [...options.columns, ...readConditions(options.conditions)].map(({ name }) => name),
});
