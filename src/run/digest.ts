/** What tells whether data are those that a run began with. */
import { createHash } from "node:crypto";
import { type Dataset, SPLIT_NAMES } from "../data/dataset.ts";
import { isEncoded } from "../data/encoded.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import type { FieldValues } from "../data/fields.ts";
import type { Modality } from "../data/modality.ts";
import { windowSpans } from "../data/plan.ts";
import type { Index, Part, Span } from "../data/source.ts";
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

/** A checksum of the values of all fields of all splits, in their order; of fields that an encoder tells that of what it read. */
export async function digestOfSources({
  modality,
  splits,
  fields,
  encoded = "",
}: FieldDataset): Promise<string> {
  const hash = createHash("sha256").update(encoded);
  const computed = computedIn(modality);
  const read = Object.keys(fields).filter((name) => !computed.includes(name));
  for (const split of SPLIT_NAMES) {
    const pieces = piecesOf(await splits[split].index(), read);
    const parts = splits[split].open(pieces.map(({ span }) => span))[Symbol.asyncIterator]();
    for (const { begins, names } of pieces) {
      const { values } = (await parts.next()).value as Part;
      if (begins !== undefined) hash.update(`${split} ${begins}\n`);
      for (const name of names) hash.update(valueBytes(values[name]!));
    }
  }
  return hash.digest("hex");
}

/** Of each material that an encoder reads. */
const COMPUTED: { readonly [Name in Modality["name"]]?: readonly string[] } = {
  ...{ captions: ["encoded"], speech: ["x", "frames"], text: ["x"] },
};

/** The fields that an encoder tells: they follow from what it read and its own checksum, and differ in rounding from machine to machine. */
const computedIn = (modality: Modality): readonly string[] =>
  isEncoded(modality) ? (COMPUTED[modality.name] ?? []) : [];

/** So many steps of a sequence are in memory at once. */
const MOST_STEPS = 65_536;

/** A part of the checksum. */
interface Piece {
  readonly span: Span;
  /** How long the sequence is that begins with it. */
  readonly begins: number | undefined;
  /** The fields that count. */
  readonly names: readonly string[];
}

/** Each sequence field by field, as it always counted: a long one is read once for each of them, in pieces. */
function piecesOf(index: Index, fields: readonly string[]): Piece[] {
  return index.flatMap(({ length }, i) => {
    const passes = length > MOST_STEPS ? fields.map((field) => [field]) : [fields];
    return passes.flatMap((names, pass) =>
      windowSpans({ i, from: 0, to: length }, MOST_STEPS).map((span) => ({
        span,
        begins: pass === 0 && span.from === 0 ? length : undefined,
        names,
      })),
    );
  });
}

const valueBytes = (values: FieldValues): Uint8Array =>
  values instanceof Float64Array
    ? bytesOf(values)
    : new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
