/** Arrays in the IDX format of MNIST (LeCun, Cortes and Burges 1998): a header of sizes, then the numbers, most significant byte first. */
import { VrnnError } from "../../errors.ts";
import type { SplitName } from "../dataset.ts";
import type { FieldDataset } from "../field-dataset.ts";
import type { Fields } from "../fields.ts";
import { memorySplits } from "../memory-dataset.ts";
import type { MemorySequence } from "../source.ts";
import { planGiven } from "../tables/dealing.ts";

/** What the numbers of an array are kept in. */
export type IdxValues = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** An array with its sizes, row-major. */
export interface IdxArray<Numbers extends IdxValues = IdxValues> {
  readonly shape: readonly number[];
  readonly values: Numbers;
}

interface IdxType {
  readonly bytes: number;
  readonly make: (count: number) => IdxValues;
  readonly read: (view: DataView, offset: number) => number;
}

/** By the third byte of a file. */
const TYPES: Readonly<Record<number, IdxType>> = {
  8: { bytes: 1, make: (count) => new Uint8Array(count), read: (view, at) => view.getUint8(at) },
  9: { bytes: 1, make: (count) => new Int8Array(count), read: (view, at) => view.getInt8(at) },
  11: { bytes: 2, make: (count) => new Int16Array(count), read: (view, at) => view.getInt16(at) },
  12: { bytes: 4, make: (count) => new Int32Array(count), read: (view, at) => view.getInt32(at) },
  13: { bytes: 4, make: (count) => new Float32Array(count), read: (view, at) => view.getFloat32(at) },
  14: { bytes: 8, make: (count) => new Float64Array(count), read: (view, at) => view.getFloat64(at) },
};

/**
 * Reads an array. Bytes are a view on the same memory, wider numbers are copied.
 *
 * @param file where the bytes come from, for messages.
 * @throws VrnnError `data/idx` for anything else, or when the file is longer or shorter than its header says
 * @example
 * parseIdx(bytes, "train-images-idx3-ubyte").shape; // [60000, 28, 28]
 */
export function parseIdx(bytes: Uint8Array, file: string): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = bytes.length >= 4 && view.getUint16(0) === 0 ? TYPES[view.getUint8(2)] : undefined;
  if (type === undefined) throw noIdx("it does not begin as one", file);
  const rank = view.getUint8(3);
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw noIdx("it ends within its header", file);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((all, size) => all * size, 1);
  if (bytes.length !== start + count * type.bytes) {
    const what = `[${shape.join(", ")}] takes ${start + count * type.bytes} bytes, the file has ${bytes.length}`;
    throw noIdx(what, file);
  }
  if (type === TYPES[8]) return { shape, values: bytes.subarray(start) };
  const values = type.make(count);
  for (let i = 0; i < count; i++) values[i] = type.read(view, start + i * type.bytes);
  return { shape, values };
}

const noIdx = (what: string, at: string): VrnnError =>
  new VrnnError("data/idx", `no IDX array: ${what}`, { at, remedy: "fetch the file again" });

/** Pictures, and what each of them shows. */
export interface LabelledPictures {
  /** `[N, ...shape]`, bytes. */
  readonly pictures: IdxArray;
  /** `[N]`: whole numbers from 0. */
  readonly labels?: IdxArray | undefined;
}

/**
 * A data set of pictures: each is a sequence of one step with the field `picture`, frames of bytes, and, where there are
 * labels, `label`. Validation is taken from the end of training where no split asks for it.
 *
 * @throws VrnnError `data/idx` when pictures are no bytes, differ in size, or have not one label each
 * @example
 * const { fields } = pictureDataset({ train: { pictures, labels }, test }, "mnist");
 * fields.picture.shape; // [28, 28]
 */
export function pictureDataset(
  given: Readonly<Partial<Record<SplitName, LabelledPictures>>>,
  source: string,
): FieldDataset {
  const splits = Object.entries(given) as [SplitName, LabelledPictures][];
  const shape = splits[0]?.[1].pictures.shape.slice(1) ?? [];
  for (const [split, each] of splits) checkPictures(each, shape, `${source}, ${split}`);
  const isLabelled = splits.every(([, { labels }]) => labels !== undefined);
  const most = Math.max(0, ...splits.map(([, { labels }]) => greatest(labels?.values ?? [])));
  const levels = Array.from({ length: most + 1 }, (_, level) => String(level));
  const fields: Fields = {
    picture: { kind: "frames", role: "target", axis: "T", shape, storage: "uint8", range: [0, 255] },
    ...(isLabelled && { label: { kind: "label", role: "label", axis: "none", levels } }),
  };
  const sequences = splits.flatMap(([split, each]) => picturesOf(each, split));
  const items = splits.flatMap(([split, { pictures }]) =>
    Array.from({ length: pictures.shape[0]! }, () => ({ length: 1, split })),
  );
  const { parts, notes } = planGiven(items, {}, source);
  return { modality: { name: "images" }, fields, splits: memorySplits(sequences, parts, fields), notes };
}

function greatest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]!);
  return most;
}

function picturesOf({ pictures, labels }: LabelledPictures, split: SplitName): MemorySequence[] {
  const [count = 0, ...shape] = pictures.shape;
  const size = shape.reduce((all, side) => all * side, 1);
  return Array.from({ length: count }, (_, i) => ({
    name: `${split} ${i + 1}`,
    length: 1,
    values: {
      picture: (pictures.values as Uint8Array).subarray(i * size, (i + 1) * size),
      ...(labels && { label: Int32Array.of(labels.values[i]!) }),
    },
  }));
}

function checkPictures({ pictures, labels }: LabelledPictures, shape: readonly number[], at: string): void {
  const [count, ...own] = pictures.shape;
  if (!(pictures.values instanceof Uint8Array)) throw noIdx("pictures are bytes", at);
  if (own.join() !== shape.join())
    throw noIdx(`its pictures are [${own.join(", ")}], others [${shape.join(", ")}]`, at);
  if (labels !== undefined && labels.shape.join() !== String(count))
    throw noIdx(`there are ${count} pictures and labels of [${labels.shape.join(", ")}]`, at);
}
