/** What comes in live, and a word where nothing does. */

/** After so many seconds without a piece a stream is told to have stalled. */
const STALLED = 5;

/** What is said of a stream that stalls. */
export const STALL_WORDS = `nothing came in for ${STALLED} s: still waiting`;

/** The pieces of a stream, and once `undefined` where none came for some time. */
export async function* withStalls<Piece>(stream: AsyncIterable<Piece>): AsyncGenerator<Piece | undefined> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const patience = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), 1000 * STALLED);
      });
      const first = await Promise.race([next, patience]).finally(() => clearTimeout(timer));
      if (first === undefined) yield undefined;
      const { done, value } = first ?? (await next);
      if (done) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
