/** Numbers as numpy keeps them in bytes. */
import { VrnnError } from "../../errors.ts";

/** Numbers of any shape, row-major. */
export interface NumberArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

interface NumberType {
  readonly size: number;
  readonly read: (view: DataView, offset: number, isLittle: boolean) => number;
}

const HALF_FRACTION = 1024;

/** A number of 16 bits: a sign, 5 bits of exponent, 10 of fraction (IEEE 754). */
function readHalf(view: DataView, offset: number, isLittle: boolean): number {
  const bits = view.getUint16(offset, isLittle);
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits % HALF_FRACTION];
  if (exponent === 31) return fraction > 0 ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1 + fraction / HALF_FRACTION) * 2 ** (exponent - 15);
}

/** The types of numpy by kind and size; whole numbers beyond 2^53 are rounded. */
const TYPES: Readonly<Record<string, NumberType>> = {
  b1: { size: 1, read: (view, offset) => view.getUint8(offset) },
  i1: { size: 1, read: (view, offset) => view.getInt8(offset) },
  u1: { size: 1, read: (view, offset) => view.getUint8(offset) },
  i2: { size: 2, read: (view, offset, isLittle) => view.getInt16(offset, isLittle) },
  u2: { size: 2, read: (view, offset, isLittle) => view.getUint16(offset, isLittle) },
  i4: { size: 4, read: (view, offset, isLittle) => view.getInt32(offset, isLittle) },
  u4: { size: 4, read: (view, offset, isLittle) => view.getUint32(offset, isLittle) },
  i8: { size: 8, read: (view, offset, isLittle) => Number(view.getBigInt64(offset, isLittle)) },
  u8: { size: 8, read: (view, offset, isLittle) => Number(view.getBigUint64(offset, isLittle)) },
  f2: { size: 2, read: readHalf },
  f4: { size: 4, read: (view, offset, isLittle) => view.getFloat32(offset, isLittle) },
  f8: { size: 8, read: (view, offset, isLittle) => view.getFloat64(offset, isLittle) },
};

/** The type of Python objects, which numpy pickles. */
export const OBJECTS = "O";

/** More numbers than these are a corrupt file, or need another program. */
const MOST_NUMBERS = 100_000_000;
/** What numpy itself allowed for long. */
const MOST_AXES = 32;

/** What is wrong with an array, to be told with the place and the code of its file. */
export type Refuse = (what: string, remedy?: string) => VrnnError;

/** A maker of errors of one code at one place. */
export const refuser =
  (code: string, at: string, usual: string): Refuse =>
  (what, remedy = usual) =>
    new VrnnError(code, what, { at, remedy });

/** How many numbers a whole file may still hold: a small one can tell of the same bytes many times. */
export class NumberBudget {
  private readonly most: number;
  private left: number;

  constructor(most = MOST_NUMBERS) {
    this.most = most;
    this.left = most;
  }

  /** @throws what `refuse` makes, when there are no more. */
  spend(count: number, refuse: Refuse): void {
    this.left -= count;
    if (this.left < 0)
      throw refuse(`all arrays together hold more than ${this.most} numbers`, "split it into several files");
  }
}

/** How the bytes of an array are laid out. */
export interface Layout {
  /** As numpy writes it: an order of bytes (`<`, `>`, `|` or `=`), a kind, a size: `<f4`. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Whether the first axis runs fastest. */
  readonly isFortran: boolean;
}

/**
 * The numbers that bytes stand for. The shape is held against the bytes that there are before anything is allocated.
 *
 * @throws what `refuse` makes.
 * @example
 * const layout = { type: "<i2", shape: [2], isFortran: false };
 * decodeNumbers(Uint8Array.of(1, 0, 2, 0), layout, new NumberBudget(), refuse).values; // [1, 2]
 */
export function decodeNumbers(
  bytes: Uint8Array,
  { type, shape, isFortran }: Layout,
  budget: NumberBudget,
  refuse: Refuse,
): NumberArray {
  const [, order, name] = /^([<>|=]?)([a-z]\d)$/.exec(type) ?? [];
  const known = name !== undefined && Object.hasOwn(TYPES, name) ? TYPES[name]! : undefined;
  if (known === undefined)
    throw refuse(
      `numbers of the type ${JSON.stringify(type.slice(0, 80))} are not known`,
      "save it as numbers",
    );
  const count = entryCount(shape, refuse);
  if (count * known.size !== bytes.length) {
    throw refuse(`${shown(shape)} needs ${count * known.size} bytes, there are ${bytes.length}`);
  }
  budget.spend(count, refuse);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = order !== ">";
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = known.read(view, i * known.size, isLittle);
  return { shape, values: isFortran ? rowMajor(values, shape) : values };
}

/** The number of entries of a shape. */
export function entryCount(shape: readonly number[], refuse: Refuse): number {
  const count = shape.reduce((product, size) => product * size, 1);
  const isSound = shape.length <= MOST_AXES && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (isSound && count <= MOST_NUMBERS) return count;
  throw refuse(`${shown(shape)} is absurd`);
}

const MOST_SHOWN = 8;

/** A shape in words, for messages. */
export const shown = (shape: readonly number[]): string =>
  shape.length > MOST_SHOWN
    ? `shape (${shape.slice(0, MOST_SHOWN).join(", ")}, and ${shape.length - MOST_SHOWN} more)`
    : `shape (${shape.join(", ")})`;

function rowMajor(values: Float64Array, shape: readonly number[]): Float64Array {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  return values.map((_, i) => {
    let [rest, place] = [i, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return values[place]!;
  });
}
