/** Items of a stream by handfuls. */

/** So long is waited for the next item, in milliseconds, before what is at hand is taken. */
const PATIENCE = 20;

/**
 * What a stream holds, as many items at once as have come, but no more than some: who types a line is answered at once, and a file
 * is read by the batch.
 *
 * @param most the most items of a handful @param patience in milliseconds
 * @example
 * for await (const lines of batched(stdin, 32)) answer(lines);
 */
export async function* batched<Item>(
  items: AsyncIterable<Item>,
  most: number,
  patience = PATIENCE,
): AsyncGenerator<Item[]> {
  const iterator = items[Symbol.asyncIterator]();
  /** The next item, asked for before it is wanted: where that fails it is told when it is. */
  const ahead = (): Promise<IteratorResult<Item>> => {
    const asked = iterator.next();
    asked.catch(() => undefined);
    return asked;
  };
  try {
    let next = ahead();
    for (let first = await next; first.done !== true; first = await next) {
      const batch = [first.value];
      next = ahead();
      while (batch.length < most) {
        const result = await inTime(next, patience);
        if (result === undefined || result.done === true) break;
        batch.push(result.value);
        next = ahead();
      }
      yield batch;
    }
  } finally {
    // Not waited for: a stream that has nothing yet would keep whoever leaves.
    void iterator.return?.();
  }
}

/** What comes of a promise, or undefined where it takes longer. */
async function inTime<Value>(promise: Promise<Value>, patience: number): Promise<Value | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patience);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
