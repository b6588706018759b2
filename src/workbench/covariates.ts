/** What is known in advance of the steps to come: a table of the covariates of a run. */

import { type ConditionColumn, type Dataset, type Sequence, SPLIT_NAMES } from "../data/dataset.ts";
import { isDerived, readConditions } from "../data/derived/derived-column.ts";
import { readDataset } from "../data/files.ts";
import type { Notice } from "../data/notice.ts";
import { cellReader } from "../data/tables/cells.ts";
import { cellEncoder } from "../data/tables/encode.ts";
import type { SchemaOptions } from "../data/tables/schema.ts";
import { VrnnError } from "../errors.ts";
import type { Run } from "../run/run.ts";
import type { RunConfig } from "../run/run-config.ts";
import { tableOf } from "../run/run-fields.ts";
import { counted } from "../words/figures.ts";
import { didYouMean } from "../words/nearest.ts";
import { rowsAfter } from "./future-times.ts";
import { ALL, isUnknownColumn } from "./run-data.ts";

/**
 * Reads the covariates of the steps after the end of some sequences. A table whose rows say which sequence they belong
 * to, or tables that are named so, serve the sequences of their names; one that does not serves all, and that is told.
 *
 * @param notice is told what the table gave to notice.
 * @returns for each sequence `[steps, C]` in the order of the model's conditions; static ones are left open.
 * @throws VrnnError `data/...`, `forecast/no-conditions` when the model takes none, `forecast/no-covariates` when the
 * table has none for a sequence, `forecast/unknown-column` when another column seems to tell sequences apart,
 * `forecast/future-times` when its times are not those of the next steps.
 */
export function readFuture(
  run: Pick<Run, "model" | "config">,
  notice: Notice,
  path: string,
  sequences: readonly Sequence[],
): Float64Array[] {
  const conditions = run.model.conditions ?? [];
  const covariates = conditions.filter(isTold);
  if (covariates.length === 0)
    throw new VrnnError(
      "forecast/no-conditions",
      readConditions(conditions).length < conditions.length
        ? "the model has no covariates but those that it derives itself"
        : "the model has no covariates, so nothing is known in advance",
      { at: path, remedy: "leave the table out" },
    );
  const names = sequences.map(({ name }) => name);
  const future = new FutureTable(path, run.config, covariates);
  const { tables, isNamed } = future.read(names, notice);
  if (!isNamed && sequences.length > 1)
    notice([`${path} does not name its sequence: its covariates serve all ${sequences.length} sequences`]);
  const isForAny = (sequence: Sequence) => !isNamed || (sequence === unnamed && tables.length === 1);
  const following = { path, time: run.config.data.time, notice };
  return sequences.map((sequence) => {
    const { name } = sequence;
    const table = isForAny(sequence) ? tables[0] : tables.find((each) => each.name === name);
    if (table !== undefined) return spread(rowsAfter(table, sequence, following), conditions);
    const named = tables.map((each) => `"${each.name}"`);
    throw new VrnnError("forecast/no-covariates", `there are no covariates of the sequence "${name}"`, {
      at: path,
      remedy: `give them; there are some of ${named.slice(0, MOST_SHOWN).join(", ")}${named.length > MOST_SHOWN ? ", ..." : ""}`,
    });
  });
}

const MOST_SHOWN = 5;

/** Whether a condition has to be told of each step to come. */
const isTold = (condition: ConditionColumn): boolean =>
  condition.role === "covariate" && !isDerived(condition);

/** Covariates, and whether each belongs to the sequence of its name alone. */
interface ReadFuture {
  readonly tables: readonly Sequence[];
  readonly isNamed: boolean;
}

/** A table of covariates as it is read: which column tells its sequences apart is to be found out. */
class FutureTable {
  private readonly path: string;
  private readonly config: RunConfig;
  private readonly columns: readonly ConditionColumn[];

  constructor(path: string, config: RunConfig, columns: readonly ConditionColumn[]) {
    this.path = path;
    this.config = config;
    this.columns = columns;
  }

  /** @param names those of the sequences that covariates are wanted of */
  read(names: readonly string[], notice: Notice): ReadFuture {
    const { sequence } = this.config.data.schema;
    const named = sequence === undefined ? undefined : this.tryRead(sequence);
    const dataset = named ?? this.tryRead(undefined)!;
    notice(dataset.notes);
    const tables = tablesOf(dataset);
    if (named !== undefined || tables.length > 1) return { tables, isNamed: true };
    for (const column of this.unknown(dataset)) {
      const groups = this.groupsBy(column);
      if (groups === undefined) continue;
      const told = new Set(groups.map(({ name }) => name));
      if (names.every((name) => told.has(name))) {
        notice([`the covariates in ${this.path} are matched to sequences by the column "${column}"`]);
        return { tables: groups, isNamed: true };
      }
      if (groups.length > 1 && 2 * groups.length <= tables[0]!.length) throw this.unknownIdentity(column);
    }
    return { tables, isNamed: false };
  }

  private unknownIdentity(column: string): VrnnError {
    const { sequence } = this.config.data.schema;
    const called =
      sequence === undefined ? "give a file for each, called after its sequence" : `call it "${sequence}"`;
    const what = `the column "${column}" seems to tell sequences apart, and holds none of the names that are wanted`;
    return new VrnnError("forecast/unknown-column", what, {
      at: this.path,
      remedy: `${called}, with the names of the sequences in it; or leave the column out, if the table is of one sequence`,
    });
  }

  /** The columns that neither the model nor its training knows. */
  private unknown({ unknown = [] }: Dataset): string[] {
    const { columns, conditions = [] } = tableOf(this.config);
    const { drop = [] } = this.config.data.schema;
    const known = new Set([...columns, ...conditions].map(({ name }) => name).concat(drop));
    return unknown.filter((name) => !known.has(name));
  }

  /** One sequence for each value of a column; undefined where that has gaps. */
  private groupsBy(column: string): readonly Sequence[] | undefined {
    try {
      return tablesOf(this.tryRead(column)!);
    } catch (cause) {
      if (cause instanceof VrnnError && cause.code === "data/sequence") return undefined;
      throw cause;
    }
  }

  /** With the time of the run where the table has it; undefined where it has no such column of sequences. */
  private tryRead(sequence: string | undefined): Dataset | undefined {
    const { time, missing, notMissing, decimal, dates, header, every, timeZone } = this.config.data.schema;
    const said = { missing, notMissing, decimal, dates, header, every, timeZone };
    for (const names of time === undefined ? [{}] : [{ time }, {}]) {
      try {
        return this.readStepped({ ...said, ...ALL, columns: this.columns, ...names, sequence });
      } catch (cause) {
        if (!isUnknownColumn(cause)) throw cause;
      }
    }
    return undefined;
  }

  /** In steps of the run; a table without times is taken to be in them. */
  private readStepped(options: SchemaOptions): Dataset {
    try {
      return readDataset(this.path, options);
    } catch (cause) {
      if (!(cause instanceof VrnnError) || cause.code !== "data/every") throw cause;
      return readDataset(this.path, { ...options, every: undefined });
    }
  }
}

const tablesOf = ({ splits }: Dataset): Sequence[] => SPLIT_NAMES.flatMap((split) => splits[split]);

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
  if (run.model.conditions?.some(isDerived))
    notice(["what is made up has no times: what the model makes of them is withheld"]);
  if (future === undefined && said.length === 0) return undefined;
  const conditions = run.model.conditions ?? [];
  const width = conditions.length;
  const known = new Float64Array(steps * width).fill(Number.NaN); // [steps, C]
  if (future !== undefined)
    known.set(firstSteps(readFuture(run, notice, future, [unnamed])[0]!, steps, width, future));
  for (const [name, text] of said) {
    const place = conditions.findIndex((column) => column.name === name);
    const value = conditionValue(conditions[place], name, text, conditions);
    notice(beyondNotes(conditions[place]!, value));
    for (let t = 0; t < steps; t++) known[t * width + place] = value;
  }
  return known;
}

/** What is told of a condition that training had neither so low nor so high. */
const beyondNotes = ({ name, kind, minimum, maximum }: ConditionColumn, value: number): readonly string[] =>
  kind === "categorical" || !(value < minimum || value > maximum)
    ? []
    : [`--given ${name}=${value} lies outside what training had (${minimum} to ${maximum})`];

/** What is made up has no name that a table could know. */
const unnamed: Sequence = { name: "sample", length: 0, values: new Float64Array() };

function firstSteps(table: Float64Array, steps: number, width: number, at: string): Float64Array {
  if (table.length >= steps * width) return table.subarray(0, steps * width);
  const what = `the covariates have ${counted(table.length / width, "step")}, ${steps} are to be made`;
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
  const places = conditions.flatMap((condition, i) => (isTold(condition) ? [i] : []));
  for (let t = 0; t < length; t++)
    places.forEach((place, i) => {
      all[t * width + place] = values[t * places.length + i]!;
    });
  return all;
}
