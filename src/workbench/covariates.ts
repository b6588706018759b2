/** What is known in advance of the steps to come: a table of the covariates of a run. */

import { type ConditionColumn, type Sequence, SPLIT_NAMES } from "../data/dataset.ts";
import { readDataset } from "../data/files.ts";
import type { Notice } from "../data/notice.ts";
import { cellReader } from "../data/tables/cells.ts";
import { cellEncoder } from "../data/tables/encode.ts";
import type { SchemaOptions } from "../data/tables/schema.ts";
import { VrnnError } from "../errors.ts";
import type { Run } from "../run/run.ts";
import type { RunConfig } from "../run/run-config.ts";
import { didYouMean } from "../words/nearest.ts";

/**
 * Reads the covariates of the steps after the end of some sequences. A table of one sequence serves them all; of
 * several, each serves the sequence of its name.
 *
 * @param notice is told what the table gave to notice.
 * @returns for each sequence `[steps, C]` in the order of the model's conditions; static ones are left open.
 * @throws VrnnError `data/...`, `forecast/no-conditions` when the model takes none, `forecast/no-covariates` when the
 * table has none for a sequence.
 */
export function readFuture(
  { model, config }: Pick<Run, "model" | "config">,
  notice: Notice,
  path: string,
  sequences: readonly Sequence[],
): Float64Array[] {
  const conditions = model.conditions ?? [];
  const covariates = conditions.filter(({ role }) => role === "covariate");
  if (covariates.length === 0)
    throw new VrnnError(
      "forecast/no-conditions",
      "the model has no covariates, so nothing is known in advance",
      {
        at: path,
        remedy: "leave the table out",
      },
    );
  const tables = readTables(path, config.data.schema, covariates, notice);
  return sequences.map(({ name }) => {
    const table = tables.length === 1 ? tables[0] : tables.find((each) => each.name === name);
    if (table !== undefined) return spread(table, conditions);
    throw new VrnnError("forecast/no-covariates", `there are no covariates of the sequence "${name}"`, {
      at: path,
      remedy: "give a table of one sequence for all, or of each by its name",
    });
  });
}

/** Sequences of covariates. A table of a single one need not say which sequence its rows belong to, nor when they were. */
function readTables(
  path: string,
  { sequence, time, missing, notMissing, decimal }: RunConfig["data"]["schema"],
  columns: readonly ConditionColumn[],
  notice: Notice,
): Sequence[] {
  const read = (names: SchemaOptions) => {
    const words = { missing, notMissing, decimal };
    const { splits, notes } = readDataset(path, { ...names, ...words, split: [0, 0, 1], columns });
    notice(notes);
    return SPLIT_NAMES.flatMap((split) => splits[split]);
  };
  try {
    return read({ sequence, time });
  } catch (cause) {
    if (!(cause instanceof VrnnError) || cause.code !== "data/unknown-column") throw cause;
    return read({});
  }
}

/** What a user says of the conditions of sequences that are to be made up. */
export interface Known {
  /** Conditions that hold at every step, by the name of their column, as text. */
  readonly values: Readonly<Record<string, string>>;
  /** A table of covariates, step by step. */
  readonly future: string | undefined;
}

/**
 * The conditions of some steps; what is not said is withheld.
 *
 * @param notice is told what a table of them gave to notice.
 * @returns `[steps, C]` in the order of the model's conditions; undefined when nothing is said.
 * @throws VrnnError `data/...`, `sample/condition` for a column or level that the model does not know,
 * `forecast/no-conditions`, `forecast/short-covariates`.
 */
export function knownSteps(
  run: Pick<Run, "model" | "config">,
  notice: Notice,
  steps: number,
  { values, future }: Known,
): Float64Array | undefined {
  const said = Object.entries(values);
  if (future === undefined && said.length === 0) return undefined;
  const conditions = run.model.conditions ?? [];
  const width = conditions.length;
  const known = new Float64Array(steps * width).fill(Number.NaN); // [steps, C]
  if (future !== undefined)
    known.set(firstSteps(readFuture(run, notice, future, [unnamed])[0]!, steps, width, future));
  for (const [name, text] of said) {
    const place = conditions.findIndex((column) => column.name === name);
    const value = conditionValue(conditions[place], name, text, conditions);
    for (let t = 0; t < steps; t++) known[t * width + place] = value;
  }
  return known;
}

const unnamed: Sequence = { name: "sample", length: 0, values: new Float64Array() };

function firstSteps(table: Float64Array, steps: number, width: number, at: string): Float64Array {
  if (table.length >= steps * width) return table.subarray(0, steps * width);
  const what = `the covariates have ${table.length / width} steps, ${steps} are to be made`;
  throw new VrnnError("forecast/short-covariates", what, {
    at,
    remedy: "give a longer table, or make fewer steps",
  });
}

function conditionValue(
  column: ConditionColumn | undefined,
  name: string,
  text: string,
  conditions: readonly ConditionColumn[],
): number {
  if (column === undefined) {
    const names = conditions.map((each) => each.name);
    const otherwise = names.length === 0 ? "it was trained without any" : `they are ${names.join(", ")}`;
    throw new VrnnError("sample/condition", `the model has no condition "${name}"`, {
      remedy: didYouMean(name, names, { otherwise }),
    });
  }
  const unseen = (level: string): never => {
    throw new VrnnError("sample/condition", `"${level}" is no level of "${name}"`, {
      remedy: `they are ${column.levels.join(", ")}`,
    });
  };
  const cells = cellReader();
  const cell = column.kind === "categorical" ? cells.name(text, new Set(column.levels)) : cells.text(text);
  return cellEncoder(column, unseen)(cell, () => `--given ${name}`);
}

/** The covariates of a table at their places among all conditions; NaN elsewhere. `[steps, C]` */
function spread({ length, values }: Sequence, conditions: readonly ConditionColumn[]): Float64Array {
  const width = conditions.length;
  const all = new Float64Array(length * width).fill(Number.NaN);
  const places = conditions.flatMap(({ role }, i) => (role === "covariate" ? [i] : []));
  for (let t = 0; t < length; t++)
    places.forEach((place, i) => {
      all[t * width + place] = values[t * places.length + i]!;
    });
  return all;
}
