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

/** One column of a row-major matrix. */
export function everyNth(values: ArrayLike<number>, column: number, width: number): Float64Array {
  const own = new Float64Array(values.length / width);
  for (let row = 0; row < own.length; row++) own[row] = values[row * width + column]!;
  return own;
}
