import fc from "fast-check";
import { expect, test } from "vitest";
import { batched } from "../../src/data/batched.ts";
import { piecesOf } from "../../src/data/text/pieces.ts";

const letters = ({ length }: string) => length;

test("a long text is cut at sentences, then at words, then within them", () => {
  expect(piecesOf("It rains. We stay at home.", 12, letters)).toEqual(["It rains.", "We stay at", "home."]);
  expect(piecesOf("short", 12, letters)).toEqual(["short"]);
  expect(piecesOf("abcdefgh", 3, letters)).toEqual(["abc", "def", "gh"]);
  expect(piecesOf("  ", 3, letters)).toEqual([""]);
});

test("a very long text is cut in no time, and sentences of other scripts too", () => {
  expect(piecesOf("one two three ".repeat(30_000), 20, letters).length).toBeGreaterThan(20_000);
  expect(piecesOf("a".repeat(200_000), 50, letters)).toHaveLength(4000);
  expect(piecesOf("今日は。明日は！", 5, letters)).toEqual(["今日は。", "明日は！"]);
  expect(piecesOf('He said "no." Then he left.', 15, letters)).toEqual(['He said "no."', "Then he left."]);
});

test("pieces are no longer than asked, and lose nothing but spaces", () => {
  const text = fc.string({ maxLength: 80 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 20 }), (own, most) => {
      const sizeOf = (piece: string) => [...piece].length;
      const pieces = piecesOf(own, most, sizeOf);
      const bare = (value: string) => value.replace(/\s+/gu, "");
      expect(bare(pieces.join(""))).toBe(bare(own));
      for (const piece of pieces) expect(sizeOf(piece)).toBeLessThanOrEqual(most);
    }),
  );
});

/** Items that come when they are let. */
async function* spaced(groups: readonly (readonly number[])[], pause: number): AsyncGenerator<number> {
  for (const [i, group] of groups.entries()) {
    if (i > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    yield* group;
  }
}

test("what is at hand is taken together, what is late is not waited for", async () => {
  const batches: number[][] = [];
  for await (const batch of batched(spaced([[1, 2, 3, 4, 5], [6], [7, 8]], 120), 3, 30)) batches.push(batch);
  expect(batches).toEqual([[1, 2, 3], [4, 5], [6], [7, 8]]);
});

test("a stream that fails tells its error", async () => {
  async function* failing(): AsyncGenerator<number> {
    yield 1;
    throw new Error("broken");
  }
  const taken: number[][] = [];
  const taking = async () => {
    for await (const batch of batched(failing(), 3)) taken.push(batch);
  };
  await expect(taking()).rejects.toThrow("broken");
});
