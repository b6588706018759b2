/** Sequences that begin anew every so many steps. */
import type { SequenceSource } from "./source.ts";

/**
 * Each sequence cut into pieces of so many steps that stand for themselves, the last one shorter: what begins anew in each knows
 * nothing of the piece before. Closing is left to the whole.
 *
 * @example
 * (await cutSource(source, 256).index()).length; // 436 of a text of 111,540 characters
 */
export function cutSource(source: SequenceSource, steps: number): SequenceSource {
  const pieces = async () =>
    (await source.index()).flatMap(({ name, length, offset = 0 }, i) =>
      Array.from({ length: Math.ceil(length / steps) }, (_, piece) => {
        const from = piece * steps;
        const own = { name, length: Math.min(steps, length - from), offset: offset + from };
        return { own, i, from };
      }),
    );
  return {
    index: async () => (await pieces()).map(({ own }) => own),
    async *open(plan, signal) {
      const all = await pieces();
      const within = Array.from(plan, ({ i, from, to }) => {
        const piece = all[i]!;
        return { i: piece.i, from: piece.from + from, to: piece.from + to };
      });
      yield* source.open(within, signal);
    },
    close: () => Promise.resolve(),
  };
}
