import { createHash } from "node:crypto";
import { type Dataset, type Sequence, SPLIT_NAMES, type SplitName } from "../data/dataset.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import type { FieldValues } from "../data/fields.ts";
import { readDataset } from "../data/files.ts";
import { wholeSpans } from "../data/plan.ts";
import type { SequenceSource } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import type { RunConfig } from "./run-config.ts";
import { tableOf } from "./run-fields.ts";

/**
 * The data that a run was trained on, read with its columns, whose statistics are those of its training.
 *
 * @param path where the data are now, if not where the run found them.
 * @throws VrnnError `data/...`, `run/data` when the data are no longer at the place that the run remembers, `run/streamed`
 * when they are read in parts.
 */
export function readRunData(config: RunConfig, path: string = config.data.path): Dataset {
  requireInMemory(config, path);
  try {
    return readDataset(path, { ...config.data.schema, ...tableOf(config) });
  } catch (cause) {
    throw whereTheyAre(config, path, cause);
  }
}

/** What was thrown when data were read, or, when they are no longer where the run found them, that. */
export function whereTheyAre({ data }: RunConfig, path: string, cause: unknown): unknown {
  if (path !== data.path || !(cause instanceof VrnnError) || cause.code !== "data/missing-file") return cause;
  return new VrnnError("run/data", "the data that the run was trained on are not here", {
    at: path,
    remedy: "say where they are now",
    cause,
  });
}

/** @throws VrnnError `run/streamed` for what a run reads from its file as it is needed */
function requireInMemory({ data }: RunConfig, path: string): void {
  if (data.schema.stream !== true || path !== data.path) return;
  throw new VrnnError("run/streamed", "this works in memory, and the data of the run are read in parts", {
    at: path,
    remedy: "give a part of them with --data; vrnn evaluate and vrnn sample need no part",
  });
}

/**
 * Sequences of a data set that the run was not trained on, read with the run's columns.
 *
 * @param split the ones of this split; all of them unless told.
 * @throws VrnnError `data/...`, `run/split` when the split is empty.
 */
export function readOtherData(config: RunConfig, path: string, split?: SplitName): Sequence[] {
  const { schema } = config.data;
  const whole = split === undefined ? ([0, 0, 1] as const) : schema.split;
  const { splits } = readDataset(path, { ...schema, split: whole, ...tableOf(config) });
  return split === undefined
    ? SPLIT_NAMES.flatMap((name) => splits[name])
    : sequencesOf({ splits }, split, path);
}

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

/**
 * Refuses data that are not those that the run began with.
 *
 * @throws VrnnError `run/data-changed`
 */
export function requireSameData(config: RunConfig, present: Dataset, at: string): void {
  requireSameDigest(config, digestOf(present), at);
}

/** The same by their checksum. @throws VrnnError `run/data-changed` */
export function requireSameDigest({ data }: RunConfig, present: string, at: string): void {
  if (present === data.digest) return;
  throw new VrnnError("run/data-changed", "the data are not those that the run began with", {
    at,
    remedy: "bring the old data back, or start a new run with --out",
  });
}

/** "Not a number" has many bit patterns; no file can hold the largest number and mean it. */
const bytesOf = (values: Float64Array): Uint8Array =>
  new Uint8Array(values.map((value) => (Number.isNaN(value) ? Number.MAX_VALUE : value)).buffer);

/** A checksum of the values of all splits, in their order. */
export function digestOf({ splits }: Dataset): string {
  const hash = createHash("sha256");
  for (const split of SPLIT_NAMES) {
    for (const { length, values, conditions } of splits[split]) {
      hash.update(`${split} ${length}\n`).update(bytesOf(values));
      if (conditions !== undefined) hash.update(bytesOf(conditions));
    }
  }
  return hash.digest("hex");
}

/** A checksum of the values of all fields of all splits, in their order. */
export async function digestOfSources({ splits, fields }: FieldDataset): Promise<string> {
  const hash = createHash("sha256");
  for (const split of SPLIT_NAMES) {
    const spans = wholeSpans(await splits[split].index());
    for await (const { length, values } of splits[split].open(spans)) {
      hash.update(`${split} ${length}\n`);
      for (const field of Object.keys(fields)) hash.update(valueBytes(values[field]!));
    }
  }
  return hash.digest("hex");
}

const valueBytes = (values: FieldValues): Uint8Array =>
  values instanceof Float64Array
    ? bytesOf(values)
    : new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
