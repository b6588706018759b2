/** What an object of names holds under one of them, whatever every object has by itself. */
export const own = <Value>(
  record: Readonly<Record<string, Value>> | undefined,
  name: string,
): Value | undefined => (record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined);

/** Groups items by a key, in order of first appearance. */
export function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * The items of two lists that belong together, side by side.
 *
 * @throws RangeError where one list is longer: a mistake of the caller.
 * @example
 * paired(["a", "b"], [1, 2]); // [["a", 1], ["b", 2]]
 */
export function paired<A, B>(left: readonly A[], right: readonly B[]): (readonly [A, B])[] {
  if (left.length !== right.length)
    throw new RangeError(`${left.length} items have no partners among ${right.length}`);
  return left.map((item, i) => [item, right[i] as B]);
}

/** The first item. @throws RangeError where there is none: a mistake of the caller. */
export const firstOf = <Item>(items: readonly Item[]): Item => itemAt(items, 0);

/** The last item. @throws RangeError where there is none: a mistake of the caller. */
export const lastOf = <Item>(items: readonly Item[]): Item => itemAt(items, items.length - 1);

function itemAt<Item>(items: readonly Item[], i: number): Item {
  if (i >= 0 && i < items.length) return items[i] as Item;
  throw new RangeError(`there is no item ${i} among ${items.length}`);
}

/** One column of a row-major matrix. */
export function everyNth(values: ArrayLike<number>, column: number, width: number): Float64Array {
  const own = new Float64Array(values.length / width);
  for (let row = 0; row < own.length; row++) own[row] = values[row * width + column]!;
  return own;
}

/** The mean; of no numbers it is not a number. */
export const meanOf = (values: Iterable<number> & ArrayLike<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};

/** Numbers one after the other: those of a single part are not copied. */
export function concatenated(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}

/** Bytes one after the other. @example joinedBytes([Uint8Array.of(1), Uint8Array.of(2, 3)]); // [1, 2, 3] */
export function joinedBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

/** The sum, first to last. */
export const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** The sum of each row of a row-major matrix, first to last. */
export function rowSums(matrix: Float64Array, rows: number): Float64Array {
  const width = rows > 0 ? matrix.length / rows : 0;
  const sums = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    for (let i = row * width; i < (row + 1) * width; i++) sums[row]! += matrix[i]!;
  return sums;
}

/** The value that most of some sorted values have, the first of as many. */
export function commonest(sorted: Float64Array | Int32Array): number {
  let [best, longest, run] = [sorted[0]!, 0, 0];
  for (const [i, value] of sorted.entries()) {
    run = value === sorted[i - 1] ? run + 1 : 1;
    if (run > longest) [best, longest] = [value, run];
  }
  return best;
}

/**
 * The first place from `low` on that passes a test which, once passed, stays passed; `high` where none before it does.
 *
 * @example
 * const sorted = [1, 2, 2, 5];
 * firstPlace(0, sorted.length, (place) => sorted[place] >= 2); // 1
 */
export function firstPlace(low: number, high: number, passes: (place: number) => boolean): number {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Values that are put in one after the other and taken out in that order, by whoever iterates.
 *
 * @example
 * const inbox = new Inbox<string>();
 * inbox.put("a");
 * inbox.close();
 * for await (const value of inbox) console.log(value); // "a"
 */
export class Inbox<Value> implements AsyncIterable<Value> {
  private readonly values: Value[] = [];
  private isClosed = false;
  private wake = () => {};

  put(value: Value): void {
    this.values.push(value);
    this.wake();
  }

  /** Nothing more is to come: who iterates is done when all is taken. */
  close(): void {
    this.isClosed = true;
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Value> {
    while (!this.isClosed || this.values.length > 0) {
      if (this.values.length > 0) yield this.values.shift() as Value;
      else await this.moreToCome();
    }
  }

  private moreToCome(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

/**
 * A shuffled copy (Fisher and Yates).
 *
 * @param random gives a whole number from 0 to `bound` − 1
 */
export function shuffled<Item>(items: readonly Item[], random: (bound: number) => number): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = random(last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
