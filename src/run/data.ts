import { createHash } from "node:crypto";
import { type Dataset, type Sequence, SPLIT_NAMES, type SplitName } from "../data/dataset.ts";
import { readDataset } from "../data/files.ts";
import { VrnnError } from "../errors.ts";
import type { RunConfig } from "./run-config.ts";

/**
 * The data that a run was trained on, read with its columns, whose statistics are those of its training.
 *
 * @param path where the data are now, if not where the run found them.
 * @throws VrnnError `data/...`, `run/data` when the data are no longer at the place that the run remembers.
 */
export function readRunData({ data, columns, conditions }: RunConfig, path: string = data.path): Dataset {
  try {
    return readDataset(path, { ...data.schema, columns, conditions });
  } catch (cause) {
    if (path !== data.path || !(cause instanceof VrnnError) || cause.code !== "data/missing-file")
      throw cause;
    throw new VrnnError("run/data", "the data that the run was trained on are not here", {
      at: path,
      remedy: "say where they are now",
      cause,
    });
  }
}

/**
 * Sequences of a data set that the run was not trained on, read with the run's columns.
 *
 * @param split the ones of this split; all of them unless told.
 * @throws VrnnError `data/...`, `run/split` when the split is empty.
 */
export function readOtherData(
  { data, columns, conditions }: RunConfig,
  path: string,
  split?: SplitName,
): Sequence[] {
  const whole = split === undefined ? ([0, 0, 1] as const) : data.schema.split;
  const { splits } = readDataset(path, { ...data.schema, split: whole, columns, conditions });
  return split === undefined
    ? SPLIT_NAMES.flatMap((name) => splits[name])
    : sequencesOf({ splits }, split, path);
}

/** @throws VrnnError `run/split` when the split is empty. */
export function sequencesOf({ splits }: Pick<Dataset, "splits">, split: SplitName, at: string): Sequence[] {
  if (splits[split].some(({ length }) => length > 0)) return [...splits[split]];
  const filled = SPLIT_NAMES.filter((name) => splits[name].length > 0);
  throw new VrnnError("run/split", `the ${split} split is empty`, {
    at,
    remedy: `there are ${filled.join(", ")}`,
  });
}

/**
 * Refuses data that are not those that the run began with.
 *
 * @throws VrnnError `run/data-changed`
 */
export function requireSameData({ data }: RunConfig, present: Dataset, at: string): void {
  if (digestOf(present) === data.digest) return;
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
