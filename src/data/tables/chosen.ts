/** Which columns the options name: to be modelled, known beside those, or left out. */

import { VrnnError } from "../../errors.ts";
import type { Column, ConditionColumn } from "../dataset.ts";
import { readConditions } from "../derived/derived-column.ts";
import type { SchemaOptions } from "./schema.ts";
import { requireColumn, type Table } from "./table.ts";

/**
 * Checks that every column the options name exists.
 *
 * @throws VrnnError `data/unknown-column`, `data/resolution` for a grid below 0, or `data/schema` when a column of the model is not there.
 */
export function checkNames(names: readonly string[], options: SchemaOptions, source: string): void {
  const { kinds = {}, drop = [], only = [], time, resolution = {}, columns, sequence } = options;
  const { statics = [], covariates = [], conditions, label } = options;
  const wanted: Record<string, readonly string[]> = {
    kinds: Object.keys(kinds),
    drop: drop.filter((name) => name !== sequence),
    only,
    resolution: Object.keys(resolution),
    statics,
    covariates,
    label: label === undefined ? [] : [label],
  };
  if (time !== undefined) requireColumn(time, names, "time", source);
  for (const [option, list] of Object.entries(columns === undefined ? wanted : {})) {
    for (const name of list) requireColumn(name, names, option, source);
  }
  checkResolution(resolution, source);
  if (label !== undefined && [...statics, ...covariates].includes(label)) throw knownLabel(label, source);
  const absent =
    columns && [...columns, ...readConditions(conditions)].find(({ name }) => !names.includes(name));
  if (absent === undefined) return;
  throw new VrnnError("data/schema", `there is no column "${absent.name}", which the model needs`, {
    at: source,
    remedy: `the columns are ${names.join(", ")}`,
  });
}

/** Who knows the label beforehand tells it without a fault, and learns nothing. */
const knownLabel = (label: string, at: string): VrnnError =>
  new VrnnError("data/label", `the column "${label}" cannot be known and told`, {
    at,
    remedy: "name it in one of the options label, static and covariates",
  });

function checkResolution(resolution: Readonly<Record<string, number>>, source: string): void {
  const wrong = Object.entries(resolution).find(([, grid]) => !(grid >= 0 && Number.isFinite(grid)));
  if (!wrong) return;
  throw new VrnnError("data/resolution", `the option resolution gives "${wrong[0]}" a grid of ${wrong[1]}`, {
    at: source,
    remedy: "give the distance between two neighbouring values, or 0 for none",
  });
}

/** Columns that the options ask to be modelled, so none of them is the time. */
export function asked({ kinds, drop, only, columns = [], conditions, ...rest }: SchemaOptions): Set<string> {
  const trained = [...columns, ...readConditions(conditions)].map(({ name }) => name);
  return new Set([
    ...Object.keys(kinds ?? {}),
    ...(drop ?? []),
    ...(only ?? []),
    ...conditionNames(rest),
    ...(rest.label === undefined ? [] : [rest.label]),
    ...trained,
  ]);
}

/** The columns that are known beside those that are modelled, statics first. */
export const conditionNames = ({ statics = [], covariates = [] }: SchemaOptions): string[] => [
  ...statics,
  ...covariates.filter((name) => !statics.includes(name)),
];

/** A column with what it is known of. */
export const withRole = (column: Column, { statics = [] }: SchemaOptions): ConditionColumn => ({
  ...column,
  role: statics.includes(column.name) ? "static" : "covariate",
});

/** The columns to model: those wanted, without what is dropped, known or taken for something else. */
export function modelledNames(
  names: readonly string[],
  { only, drop, time, label, ...options }: SchemaOptions,
  taken: readonly (string | undefined)[],
): string[] {
  const wanted = only?.filter((name) => name !== time) ?? names.filter((name) => !taken.includes(name));
  const known = conditionNames(options);
  return wanted.filter((name) => !drop?.includes(name) && !known.includes(name) && name !== label);
}

/** Columns that number the rows of every table, unless the options ask for them. */
export function rowNumbersOf(tables: readonly Table[], options: SchemaOptions): string[] {
  const wanted = asked(options);
  const isOne = (name: string) => tables.every(({ rowNumbers }) => rowNumbers?.includes(name));
  return (tables[0]?.rowNumbers ?? []).filter(
    (name) => isOne(name) && !wanted.has(name) && name !== options.sequence && name !== options.time,
  );
}

/** The names that the columns of a trained model, and what else is asked for, do not take. */
export function unknownAmong(
  names: readonly string[],
  options: SchemaOptions,
  time: string | undefined,
  rowNumbers: readonly string[],
): string[] {
  const taken = asked(options);
  return names.filter((name) => !taken.has(name) && name !== time && !rowNumbers.includes(name));
}
