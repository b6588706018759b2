/** What tells whether data are those that a run began with. */
import { createHash } from "node:crypto";
import { type Dataset, SPLIT_NAMES } from "../data/dataset.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import type { FieldValues } from "../data/fields.ts";
import { wholeSpans } from "../data/plan.ts";
import { VrnnError } from "../errors.ts";
import type { RunConfig } from "./run-config.ts";

/** Refuses data whose checksum is not that of those that the run began with. @throws VrnnError `run/data-changed` */
export function requireSameDigest({ data }: RunConfig, present: string, at: string): void {
  if (present === data.digest) return;
  throw new VrnnError("run/data-changed", "the data are not those that the run began with", {
    at,
    remedy: "bring the old data back, or start a new run with --out",
  });
}

/** What there is to say when the data are no longer those that the run began with. */
export const changedNotes = ({ data }: RunConfig, present: string): readonly string[] =>
  present === data.digest
    ? []
    : ["the data are not those that the run was trained on: they have changed since"];

/** "Not a number" has many bit patterns; no file can hold the largest number and mean it. */
const bytesOf = (values: Float64Array): Uint8Array =>
  new Uint8Array(values.map((value) => (Number.isNaN(value) ? Number.MAX_VALUE : value)).buffer);

/** A checksum of the values of all splits, in their order. */
export function digestOf({ splits }: Dataset): string {
  const hash = createHash("sha256");
  for (const split of SPLIT_NAMES) {
    for (const { length, values, conditions, label } of splits[split]) {
      hash.update(`${split} ${length}\n`).update(bytesOf(values));
      if (conditions !== undefined) hash.update(bytesOf(conditions));
      if (label !== undefined) hash.update(valueBytes(label));
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
