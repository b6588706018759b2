/** What comes in live, and a word where nothing does. */

/** After so many seconds without a piece a stream is told to have stalled. */
const STALLED = 5;

/** The pieces of a stream, and a word once each time that none came for a while. */
export async function* withStalls<Piece>(stream: AsyncIterable<Piece>): AsyncGenerator<Piece | string> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const patience = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), 1000 * STALLED);
      });
      const first = await Promise.race([next, patience]).finally(() => clearTimeout(timer));
      if (first === undefined) yield `nothing came in for ${STALLED} s: still waiting`;
      const { done, value } = first ?? (await next);
      if (done) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
