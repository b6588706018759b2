import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ByteFile, type PlacedLine, placedLines } from "../../src/data/byte-file.ts";
import { readAhead } from "../../src/data/read-ahead.ts";
import { Recent } from "../../src/data/tables/recent.ts";
import { memoryFile } from "./temporary.ts";

fc.configureGlobal({ seed: 1 });

async function linesOf(file: ByteFile, chunk: number): Promise<PlacedLine[]> {
  const lines: PlacedLine[] = [];
  for await (const some of placedLines(file, chunk)) lines.push(...some);
  return lines;
}

describe("lines of a file", () => {
  test("are told with their places, however the file is cut", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "é", "🎲", "\n", "\r\n") });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (content, chunk) => {
        const bytes = new TextEncoder().encode(content);
        const lines = await linesOf(memoryFile(bytes), chunk);
        const expected = content.split("\n");
        if (expected.at(-1) === "") expected.pop();
        expect(lines.map((line) => line.text)).toEqual(expected);
        expect(lines.map(({ number }) => number)).toEqual(expected.map((_, i) => i + 1));
        for (const { text: own, offset, bytes: length } of lines) {
          const place = bytes.subarray(offset, offset + length);
          expect(new TextDecoder().decode(place).replace(/\n$/, "")).toBe(own);
        }
      }),
    );
  });

  test("that are no UTF-8 are refused with the first such line", async () => {
    const bytes = new TextEncoder().encode("one\ntwo\nthree\nfour\nfive\n");
    bytes[9] = 0xff;
    for (const chunk of [1, 5, 100])
      await expect(linesOf(memoryFile(bytes), chunk)).rejects.toThrow("memory.jsonl:3: no UTF-8 text");
  });

  test("of a file that becomes shorter are refused", async () => {
    const file = { ...memoryFile(new TextEncoder().encode("one\ntwo")), size: 20 };
    await expect(linesOf(file, 4)).rejects.toThrow("the file became shorter while it was read");
  });
});

describe("reading ahead", () => {
  test("keeps the order, and no more under way than allowed", async () => {
    let [underway, most] = [0, 0];
    const read = async (item: number) => {
      underway += 10;
      most = Math.max(most, underway);
      await new Promise((resolve) => setTimeout(resolve, (item * 7) % 5));
      return item;
    };
    const seen: number[] = [];
    const items = Array.from({ length: 30 }, (_, i) => i);
    for await (const item of readAhead(items, read, { sizeOf: () => 10, most: 40 })) {
      seen.push(item);
      underway -= 10;
    }
    expect(seen).toEqual(items);
    expect(most).toBe(40);
  });

  test("throws a fault when its turn has come", async () => {
    const read = (item: number) => (item === 2 ? Promise.reject(new Error("two")) : Promise.resolve(item));
    const reading = readAhead([0, 1, 2, 3], read, { sizeOf: () => 1, most: 10 });
    expect((await reading.next()).value).toBe(0);
    await new Promise((resolve) => setTimeout(resolve));
    expect((await reading.next()).value).toBe(1);
    await expect(reading.next()).rejects.toThrow("two");
  });
});

test("what was used last is kept, up to a number of bytes", () => {
  const recent = new Recent<string>(10);
  recent.set(1, "one", 4);
  recent.set(2, "two", 4);
  expect(recent.get(1)).toBe("one");
  recent.set(3, "three", 4);
  expect([1, 2, 3].map((key) => recent.get(key))).toEqual(["one", undefined, "three"]);
  recent.set(3, "3", 8);
  expect([1, 3].map((key) => recent.get(key))).toEqual([undefined, "3"]);
  recent.set(4, "large", 100);
  expect([3, 4].map((key) => recent.get(key))).toEqual([undefined, "large"]);
});
