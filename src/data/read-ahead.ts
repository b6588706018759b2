/** How far to read ahead. */
export interface ReadAheadOptions<Item> {
  /** What an item takes, in bytes. */
  readonly sizeOf: (item: Item) => number;
  /** The most bytes under way; a single item may take more. */
  readonly most: number;
  /** Ends the reading: the iteration throws its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The most items under way, however small they are. */
const MOST_ITEMS = 64;

/**
 * Reads items in their order, the next ones already while the last one is looked at.
 *
 * @example
 * for await (const page of readAhead(names, (name) => fetchPage(name), { sizeOf: () => 1e5, most: 1e6 })) show(page);
 */
export async function* readAhead<Item, Result>(
  items: Iterable<Item>,
  read: (item: Item) => Promise<Result>,
  { sizeOf, most, signal }: ReadAheadOptions<Item>,
): AsyncGenerator<Result> {
  const waiting: { readonly result: Promise<Result>; readonly size: number }[] = [];
  let held = 0;
  const start = (item: Item) => {
    const size = sizeOf(item);
    const result = read(item);
    // A fault is thrown when its turn comes; until then nobody awaits it.
    result.catch(() => {});
    waiting.push({ result, size });
    held += size;
  };
  const rest = items[Symbol.iterator]();
  for (let next = rest.next(); !next.done || waiting.length > 0; ) {
    signal?.throwIfAborted();
    while (!next.done && waiting.length < MOST_ITEMS && (waiting.length === 0 || held < most)) {
      start(next.value);
      next = rest.next();
    }
    const { result, size } = waiting.shift()!;
    yield await result;
    held -= size;
  }
}
