import fc from "fast-check";
import { expect, test } from "vitest";
import { type Line, linesOf } from "../../src/data/lines.ts";

/** A stream of bytes, cut at the given places. */
async function* cut(bytes: Uint8Array, places: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...places.filter((place) => place < bytes.length).sort((a, b) => a - b), bytes.length];
  for (const [i, end] of ends.entries()) yield bytes.subarray(ends[i - 1] ?? 0, end);
}

async function read(text: string, places: readonly number[] = [], longest?: number): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of linesOf(cut(new TextEncoder().encode(text), places), longest)) lines.push(line);
  return lines;
}

test("lines come out whole, however the bytes are cut, in the midst of a character too", async () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n\uFEFF]/g, ""));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(200)), async (texts, places) => {
      const lines = await read(texts.map((text) => `${text}\n`).join(""), places);
      expect(lines).toEqual(texts.map((text, i) => ({ number: i + 1, text })));
    }),
  );
});

test("ends of lines are \\n or \\r\\n, the last line may have none, a byte-order mark is left out", async () => {
  expect((await read("\uFEFFa\r\nb\n\nc")).map(({ text }) => text)).toEqual(["a", "b", "", "c"]);
  expect(await read("")).toEqual([]);
});

test("a line that is too long is told and forgotten, the next ones are read", async () => {
  const places = Array.from({ length: 40 }, (_, i) => 10 * i);
  const lines = await read(`ok\n${"x".repeat(300)}\nafter\n${"y".repeat(21)}`, places, 20);
  expect(lines.map(({ number, text }) => [number, text])).toEqual([
    [1, "ok"],
    [2, undefined],
    [3, "after"],
    [4, undefined],
  ]);
});
