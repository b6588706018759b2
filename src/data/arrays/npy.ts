/** Arrays in numpy's `.npy` format, read as hostile input. */
import {
  decodeNumbers,
  entryCount,
  type Layout,
  type NumberArray,
  NumberBudget,
  OBJECTS,
  type Refuse,
  refuser,
} from "./dtype.ts";
import { type Unpickled, unpickle } from "./pickle.ts";

interface Header extends Layout {
  /** Where the data begin. */
  readonly end: number;
}

/** "\x93NUMPY" */
const MAGIC: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const LONGEST_HEADER = 65_536;

/**
 * Reads an array (format versions 1 to 3): numbers, or the objects of an array of objects, which numpy pickles.
 *
 * @param at where the bytes come from, for messages.
 * @param budget of the whole file that it stands in.
 * @throws VrnnError `data/npy` for anything else, `data/pickle` for objects that are no arrays.
 * @example
 * parseNpy(readFileSync("a.npy"), "a.npy"); // { shape: [2, 3], values: Float64Array [1, 2, 3, 4, 5, 6] }
 */
export function parseNpy(
  bytes: Uint8Array,
  at: string,
  budget = new NumberBudget(),
): NumberArray | Unpickled {
  const refuse = refuserAt(at);
  const { end, ...layout } = readHeader(bytes, refuse);
  const data = bytes.subarray(end);
  if (!layout.type.endsWith(OBJECTS)) return decodeNumbers(data, layout, budget, refuse);
  entryCount(layout.shape, refuse);
  return unpickle(data, at, budget);
}

const refuserAt = (at: string): Refuse => refuser("data/npy", at, "save it again with numpy.save");

/** The type and shape of an array. @throws VrnnError `data/npy` */
export const npyLayout = (bytes: Uint8Array, at: string): Layout => readHeader(bytes, refuserAt(at));

function readHeader(bytes: Uint8Array, refuse: Refuse): Header {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw refuse("no array: it does not begin with \\x93NUMPY");
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw refuse(`version ${version} of the format is not known`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw refuse("the header is cut short");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER) throw refuse(`a header of ${length} bytes is absurd`);
  const end = start + length;
  if (bytes.length < end) throw refuse("the header is cut short");
  return { ...parseHeader(new TextDecoder().decode(bytes.subarray(start, end)), refuse), end };
}

/** A header is a dictionary as Python writes it; records and other types that need more than a name are not for here. */
function parseHeader(text: string, refuse: Refuse): Omit<Header, "end"> {
  const type = /'descr': *'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order': *(True|False)/.exec(text)?.[1];
  const shape = /'shape': *\(([\d, ]*)\)/.exec(text)?.[1];
  if (order === undefined || shape === undefined) throw refuse("the header has no shape or order");
  if (type === undefined) throw refuse("the array is no plain array of numbers");
  const sizes = shape.split(",").map((size) => size.trim());
  return { type, isFortran: order === "True", shape: sizes.filter((size) => size !== "").map(Number) };
}
