/** Reads the data that a run was trained on, or others with its columns. */
import {
  type Dataset,
  type Sequence,
  SPLIT_NAMES,
  type SplitName,
  type TimeColumn,
} from "../data/dataset.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import { readDataset } from "../data/files.ts";
import { STDIN } from "../data/files-bytes.ts";
import type { FormatName } from "../data/format-names.ts";
import type { Notice } from "../data/notice.ts";
import { shiftNotes } from "../data/shift.ts";
import type { SequenceSource } from "../data/source.ts";
import type { SchemaOptions } from "../data/tables/schema.ts";
import { VrnnError } from "../errors.ts";
import { changedNotes, digestOf } from "../run/digest.ts";
import type { RunConfig } from "../run/run-config.ts";
import { placesOf, tableOf, tableSchemaOf } from "../run/run-fields.ts";
import { nearest } from "../words/nearest.ts";

/** Whether sequences keep what is not modelled. */
export type KeptCells = Pick<SchemaOptions, "keepsCells">;

/** All of some data, in their order. */
export const ALL = { split: [0, 0, 1], shuffle: undefined } as const;

/**
 * The data that a run was trained on, read with its columns, whose statistics are those of its training.
 *
 * @param notice is told what the data gave to notice, and when they have changed since.
 * @param path where the data are now, if not where the run found them.
 * @throws VrnnError `data/...`, `run/data` when the data are no longer at the place that the run remembers, `run/streamed`
 * when they are read in parts.
 */
export function readRunData(
  config: RunConfig,
  notice: Notice,
  path: string | readonly string[] = placesOf(config),
  kept: KeptCells = {},
): Dataset {
  const [first] = [path].flat();
  requireInMemory(config, first);
  requireFile(config, first);
  const data = readWhereItIs(config, path, kept);
  notice([...data.notes, ...changedNotes(config, digestOf(data))]);
  return data;
}

function readWhereItIs(config: RunConfig, path: string | readonly string[], kept: KeptCells): Dataset {
  try {
    return readDataset(path, { ...tableSchemaOf(config), ...kept });
  } catch (cause) {
    throw whereTheyAre(config, path, cause);
  }
}

/** What was thrown when data were read, or, when they are no longer where the run found them, that. */
export function whereTheyAre(config: RunConfig, path: string | readonly string[], cause: unknown): unknown {
  const [first] = [path].flat();
  if (first !== config.data.path || !(cause instanceof VrnnError) || cause.code !== "data/missing-file")
    return cause;
  return notHere(cause.at, "the data that the run was trained on are not here", cause);
}

/** @throws VrnnError `run/data` for what came on stdin and cannot be read again */
export function requireFile({ data }: RunConfig, path: string | undefined): void {
  if (path === data.path && path === STDIN)
    throw notHere(path, "the data that the run was trained on came on stdin");
}

const notHere = (at: string | undefined, what: string, cause?: VrnnError): VrnnError =>
  new VrnnError("run/data", what, {
    ...(at !== undefined && { at }),
    remedy: "say where they are now: --data <path>, or for training vrnn train <path> --resume <run>",
    cause,
  });

/** @throws VrnnError `run/streamed` for what a run reads from its file as it is needed */
function requireInMemory({ data }: RunConfig, path: string | undefined): void {
  if (data.schema.stream !== true || path !== data.path) return;
  throw new VrnnError("run/streamed", "this works in memory, and the data of the run are read in parts", {
    at: path,
    remedy: "give a part of them with --data; vrnn evaluate and vrnn sample need no part",
  });
}

/** Sequences that were read. */
export interface ReadSequences {
  readonly sequences: readonly Sequence[];
  /** The column that tells when their steps were, where there is one. */
  readonly time: TimeColumn | undefined;
}

/** Which of other data are meant, and how they are read. */
export interface OtherChoice extends KeptCells {
  readonly split?: SplitName | undefined;
  readonly format?: FormatName | undefined;
}

/**
 * Sequences of a data set that the run was not trained on, read with the run's columns.
 *
 * @param notice is told what the data gave to notice, such as levels never seen in training.
 * @param choice the sequences of a split, all of them unless told; and what kind of file it is, by its name unless told.
 * @throws VrnnError `data/...`, `run/split` when the split is empty.
 */
export function readOtherData(
  config: RunConfig,
  notice: Notice,
  path: string,
  { split, format, keepsCells }: OtherChoice = {},
): ReadSequences {
  const schema = { ...tableSchemaOf(config), format, keepsCells };
  const options = split === undefined ? { ...schema, ...ALL } : schema;
  const { splits, time, notes } = namedOrSingle(path, options, notice);
  notice(notes);
  const sequences =
    split === undefined ? SPLIT_NAMES.flatMap((name) => splits[name]) : sequencesOf({ splits }, split, path);
  notice(movedNotes(config, sequences));
  return { sequences, time };
}

/** What there is to say where columns are not where those of training were. */
export function movedNotes(config: RunConfig, sequences: readonly Sequence[]): readonly string[] {
  const { columns, conditions } = tableOf(config);
  return shiftNotes(columns, conditions, sequences);
}

/**
 * Data of sequences that a column names, or, where there is no such column, nor one that is called nearly so, of one
 * sequence a file.
 */
function namedOrSingle(path: string, options: SchemaOptions, notice: Notice): Dataset {
  try {
    return readDataset(path, options);
  } catch (cause) {
    const { sequence, ...others } = options;
    if (sequence === undefined || !isUnknownColumn(cause)) throw cause;
    const single = readDataset(path, others);
    if (nearest(sequence, single.unknown ?? []) !== undefined) throw cause;
    notice([`there is no column "${sequence}" in ${path}: each file is taken as one sequence`]);
    return single;
  }
}

/** Whether an option named a column that a file lacks. */
export const isUnknownColumn = (cause: unknown): boolean =>
  cause instanceof VrnnError && cause.code === "data/unknown-column";

/** @throws VrnnError `run/split` when the split is empty. */
export function sequencesOf({ splits }: Pick<Dataset, "splits">, split: SplitName, at: string): Sequence[] {
  if (splits[split].some(({ length }) => length > 0)) return [...splits[split]];
  throw emptySplit(
    split,
    SPLIT_NAMES.filter((name) => splits[name].length > 0),
    at,
  );
}

/** The same of data of any kind. @throws VrnnError `run/split` when the split is empty. */
export async function sourceOfSplit(
  { splits }: Pick<FieldDataset, "splits">,
  split: SplitName,
  at: string,
): Promise<SequenceSource> {
  const isFilled = async (name: SplitName) => (await splits[name].index()).some(({ length }) => length > 0);
  if (await isFilled(split)) return splits[split];
  const filled: SplitName[] = [];
  for (const name of SPLIT_NAMES) if (await isFilled(name)) filled.push(name);
  throw emptySplit(split, filled, at);
}

const emptySplit = (split: SplitName, filled: readonly SplitName[], at: string): VrnnError =>
  new VrnnError("run/split", `the ${split} split is empty`, { at, remedy: `there are ${filled.join(", ")}` });
