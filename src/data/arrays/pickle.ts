/** Python pickles that hold arrays of numpy, and nothing else. */
import {
  decodeNumbers,
  entryCount,
  type NumberArray,
  NumberBudget,
  OBJECTS,
  type Refuse,
  refuser,
  shown,
} from "./dtype.ts";

/** What a pickle of arrays comes to: numbers, or a list of such. */
export type Unpickled = NumberArray | readonly Unpickled[] | number | string | boolean | null;

/**
 * Reads a pickle (protocols 2 to 5) of numbers, lists, tuples and arrays of numpy, as `np.save` writes arrays of
 * objects. A pickle is a program; this machine knows the instructions that build data, and the few functions that
 * numpy's own pickles call, as data. Any other is refused by its name, and nothing that the file names is ever run.
 *
 * @param at where the pickle stands, for messages.
 * @param budget of the whole file that it stands in.
 * @throws VrnnError `data/pickle` with the byte of the instruction.
 * @example
 * unpickle(Uint8Array.of(0x80, 2, 0x5d, 0x4b, 7, 0x61, 0x2e), "a.npy"); // [7]
 */
export function unpickle(bytes: Uint8Array, at: string, budget = new NumberBudget()): Unpickled {
  const machine = new Machine(bytes, at, budget);
  return settle(machine.run(), machine.refuse);
}

const REMEDY = "save arrays of numbers with numpy.savez";
const MOST_DEPTH = 16;

/** A function that is called by name. */
interface Callee {
  readonly kind: "function";
  readonly name: string;
}

interface DataType {
  readonly kind: "type";
  readonly name: string;
  order: string;
}

/** An array, which is made empty and filled afterwards. */
interface Shell {
  readonly kind: "array";
  content?: NumberArray | { readonly shape: readonly number[]; readonly objects: readonly Item[] };
}

interface Mark {
  readonly kind: "mark";
}

/** Tuples and lists are both arrays here; a list may grow after it was stored. */
type Item = number | string | boolean | null | Uint8Array | Item[] | Callee | DataType | Shell | Mark;

const MARK: Mark = { kind: "mark" };

/** What holds the numbers that are read. */
interface Holder {
  readonly refuse: Refuse;
  readonly budget: NumberBudget;
}

/** What numpy's pickles call, by all names that its versions gave it. */
const CALLS: Readonly<Record<string, (args: readonly Item[], hold: Holder) => Item>> = {
  "numpy.core.multiarray._reconstruct": () => ({ kind: "array" }),
  "numpy._core.multiarray._reconstruct": () => ({ kind: "array" }),
  "numpy.dtype": ([given], { refuse }) => {
    const name = textOf(given);
    if (name === undefined) throw refuse("a type of numbers has no name");
    return { kind: "type", name, order: "" };
  },
  // How protocol 5 writes an array in one go.
  "numpy.core.numeric._frombuffer": fromBuffer,
  "numpy._core.numeric._frombuffer": fromBuffer,
  // How Python 3 writes bytes for Python 2.
  "_codecs.encode": ([text], { refuse }) => {
    if (typeof text !== "string") throw refuse("bytes are made of something else than text");
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  },
};

function fromBuffer([data, type, shape, order]: readonly Item[], holder: Holder): Shell {
  const state = [null, shape ?? null, type ?? null, order === "F", data ?? null];
  return { kind: "array", content: arrayContent(state, holder) };
}

/** A name that is only handed on. */
const NAMES: readonly string[] = ["numpy.ndarray"];

/** Reads the parts of instructions, and keeps what they built. */
class Machine implements Holder {
  readonly stack: Item[] = [];
  readonly memo = new Map<number, Item>();
  readonly refuse: Refuse;
  readonly budget: NumberBudget;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private offset = 0;
  private instruction = 0;

  constructor(bytes: Uint8Array, at: string, budget: NumberBudget) {
    this.bytes = bytes;
    this.budget = budget;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.refuse = (what, remedy) =>
      refuser("data/pickle", `${at}, byte ${this.instruction}`, REMEDY)(what, remedy);
  }

  run(): Item {
    for (;;) {
      this.instruction = this.offset;
      const code = this.number("getUint8", 1);
      if (code === STOP) return this.pop();
      const step = STEPS[code];
      if (step === undefined)
        throw this.refuse(`the pickle does more than hold arrays (instruction ${code})`);
      step(this);
    }
  }

  push(item: Item): void {
    this.stack.push(item);
  }

  pop(): Item {
    const item = this.stack.pop();
    if (item === undefined) throw this.refuse("corrupt pickle: nothing to take");
    return item;
  }

  /** What was pushed since the last mark, which goes too. */
  popToMark(): Item[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) throw this.refuse("corrupt pickle: there is no mark");
    return this.stack.splice(mark).slice(1);
  }

  popMany(count: number): Item[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  number(read: "getUint8" | "getUint16" | "getInt32" | "getUint32" | "getFloat64", size: number): number {
    return this.view[read](this.skip(size), read !== "getFloat64");
  }

  /** A length of 8 bytes. */
  length64(): number {
    return Number(this.view.getBigUint64(this.skip(8), true));
  }

  take(length: number): Uint8Array {
    const start = this.skip(length);
    return this.bytes.subarray(start, start + length);
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  line(): string {
    const end = this.bytes.indexOf(10, this.offset);
    const text = this.text((end < 0 ? this.bytes.length : end) - this.offset);
    this.skip(1);
    return text;
  }

  recall(key: number): void {
    const item = this.memo.get(key);
    if (item === undefined) throw this.refuse(`corrupt pickle: nothing was stored as ${key}`);
    this.push(item);
  }

  store(key: number): void {
    this.memo.set(key, this.stack[this.stack.length - 1] ?? this.pop());
  }

  private skip(length: number): number {
    const start = this.offset;
    if (length > this.bytes.length - start) throw this.refuse("the pickle is cut short");
    this.offset += length;
    return start;
  }
}

const STOP = 0x2e;

type Step = (machine: Machine) => void;

const pushes =
  (item: (machine: Machine) => Item): Step =>
  (machine) =>
    machine.push(item(machine));

const byte = (machine: Machine) => machine.number("getUint8", 1);
const short = (machine: Machine) => machine.number("getUint16", 2);
const long = (machine: Machine) => machine.number("getUint32", 4);

/** The instructions by their code, as Python's `pickletools` describes them. */
const STEPS: Readonly<Record<number, Step>> = {
  128: byte, // PROTO
  149: (machine) => machine.length64(), // FRAME
  40: pushes(() => MARK),
  78: pushes(() => null), // NONE
  136: pushes(() => true), // NEWTRUE
  137: pushes(() => false), // NEWFALSE
  75: pushes(byte), // BININT1
  77: pushes(short), // BININT2
  74: pushes((machine) => machine.number("getInt32", 4)), // BININT
  138: pushes((machine) => wholeNumber(machine.take(byte(machine)))), // LONG1
  71: pushes((machine) => machine.number("getFloat64", 8)), // BINFLOAT
  85: pushes((machine) => machine.take(byte(machine))), // SHORT_BINSTRING
  84: pushes((machine) => machine.take(long(machine))), // BINSTRING
  67: pushes((machine) => machine.take(byte(machine))), // SHORT_BINBYTES
  66: pushes((machine) => machine.take(long(machine))), // BINBYTES
  142: pushes((machine) => machine.take(machine.length64())), // BINBYTES8
  150: pushes((machine) => machine.take(machine.length64())), // BYTEARRAY8
  140: pushes((machine) => machine.text(byte(machine))), // SHORT_BINUNICODE
  88: pushes((machine) => machine.text(long(machine))), // BINUNICODE
  93: pushes(() => []), // EMPTY_LIST
  41: pushes(() => []), // EMPTY_TUPLE
  133: pushes((machine) => machine.popMany(1)), // TUPLE1
  134: pushes((machine) => machine.popMany(2)), // TUPLE2
  135: pushes((machine) => machine.popMany(3)), // TUPLE3
  116: pushes((machine) => machine.popToMark()), // TUPLE
  97: (machine) => append(machine, machine.popMany(1)), // APPEND
  101: (machine) => append(machine, machine.popToMark()), // APPENDS
  113: (machine) => machine.store(byte(machine)), // BINPUT
  114: (machine) => machine.store(long(machine)), // LONG_BINPUT
  148: (machine) => machine.store(machine.memo.size), // MEMOIZE
  104: (machine) => machine.recall(byte(machine)), // BINGET
  106: (machine) => machine.recall(long(machine)), // LONG_BINGET
  99: pushes((machine) => named(machine, `${machine.line()}.${machine.line()}`)), // GLOBAL
  147: pushes((machine) => named(machine, machine.popMany(2).map(wordOf(machine)).join("."))), // STACK_GLOBAL
  82: pushes(call), // REDUCE
  98: build,
};

/** A whole number in bytes, the lowest first, in two's complement. */
function wholeNumber(bytes: Uint8Array): number {
  const value = bytes.reduceRight((sum, part) => sum * 256 + part, 0);
  return (bytes[bytes.length - 1] ?? 0) >= 128 ? value - 256 ** bytes.length : value;
}

function append(machine: Machine, items: readonly Item[]): void {
  const list = machine.stack[machine.stack.length - 1];
  if (!Array.isArray(list)) throw machine.refuse("corrupt pickle: there is no list to add to");
  for (const item of items) list.push(item);
}

/** The part of a name: text alone, as any other could be large beyond measure once it is written out. */
const wordOf =
  ({ refuse }: Machine) =>
  (item: Item): string => {
    if (typeof item === "string") return item;
    throw refuse("corrupt pickle: a name is no text");
  };

function named({ refuse }: Machine, name: string): Callee {
  if (Object.hasOwn(CALLS, name) || NAMES.includes(name)) return { kind: "function", name };
  throw refuse(`the pickle asks for ${JSON.stringify(name.slice(0, 80))}, which is no array and is not run`);
}

function call(machine: Machine): Item {
  const [callee, args] = machine.popMany(2);
  const known =
    isOf("function", callee) && Object.hasOwn(CALLS, callee.name) ? CALLS[callee.name] : undefined;
  if (known === undefined || !Array.isArray(args))
    throw machine.refuse("corrupt pickle: this cannot be called");
  return known(args, machine);
}

/** Fills in what a call made. */
function build(machine: Machine): void {
  const state = machine.pop();
  const target = machine.stack[machine.stack.length - 1];
  if (Array.isArray(state) && isOf("type", target)) target.order = textOf(state[1]) ?? "";
  else if (Array.isArray(state) && isOf("array", target)) target.content = arrayContent(state, machine);
  else throw machine.refuse("corrupt pickle: this cannot be filled in");
}

/** The content of an array by the state that numpy writes: version, shape, type, order, data. */
function arrayContent(
  [, shape, type, isFortran, data]: readonly Item[],
  { refuse, budget }: Holder,
): NonNullable<Shell["content"]> {
  if (!Array.isArray(shape) || !shape.every(isNumber) || !isOf("type", type))
    throw refuse("an array has no shape or type");
  if (data instanceof Uint8Array) {
    const layout = { type: `${type.order}${type.name}`, shape, isFortran: isFortran === true };
    return decodeNumbers(data, layout, budget, refuse);
  }
  const count = entryCount(shape, refuse);
  if (type.name.startsWith(OBJECTS) && Array.isArray(data) && data.length === count)
    return { shape, objects: data };
  throw refuse(`an array of ${shown(shape)} has other data`);
}

const isNumber = (item: Item): item is number => typeof item === "number";

/** A type's order of bytes is text in Python 3 and bytes in Python 2. */
const textOf = (item: Item | undefined): string | undefined =>
  item instanceof Uint8Array ? LATIN_1.decode(item) : typeof item === "string" ? item : undefined;

const LATIN_1 = new TextDecoder("latin1");

type Kind = "function" | "type" | "array" | "mark";

function isOf<K extends Kind>(kind: K, item: Item | undefined): item is Extract<Item, { readonly kind: K }> {
  return typeof item === "object" && item !== null && "kind" in item && item.kind === kind;
}

/**
 * What was built, as data. What is stored once and used often is settled once, so that a small file cannot make much
 * work; a list that holds itself is refused.
 */
function settle(top: Item, refuse: Refuse): Unpickled {
  const settled = new Map<Item, Unpickled | undefined>();
  const visit = (item: Item, depth: number): Unpickled => {
    if (item === null || typeof item !== "object") return item;
    const before = settled.get(item);
    if (before !== undefined) return before;
    if (settled.has(item) || depth === 0) throw refuse("lists are nested too deeply");
    settled.set(item, undefined);
    const result = settleObject(item, (part) => visit(part, depth - 1), refuse);
    settled.set(item, result);
    return result;
  };
  return visit(top, MOST_DEPTH);
}

function settleObject(item: Item & object, visit: (part: Item) => Unpickled, refuse: Refuse): Unpickled {
  if (Array.isArray(item)) return item.map(visit);
  if (!isOf("array", item) || item.content === undefined)
    throw refuse("the pickle holds something else than arrays of numbers");
  if ("values" in item.content) return item.content;
  const { shape, objects } = item.content;
  return objects.every(isNumber) ? { shape, values: Float64Array.from(objects) } : objects.map(visit);
}
