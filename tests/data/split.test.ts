import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SplitName } from "../../src/data/dataset.ts";
import { checkShares, planSplit, splitCounts } from "../../src/data/split.ts";

const items = (lengths: readonly number[], splits: readonly (SplitName | undefined)[] = []) =>
  lengths.map((length, i) => ({ length, split: splits[i] }));

describe("planSplit", () => {
  test("cuts one sequence by time", () => {
    expect(planSplit(items([100]))).toEqual({
      parts: [
        { index: 0, split: "train", start: 0, end: 70 },
        { index: 0, split: "valid", start: 70, end: 85 },
        { index: 0, split: "test", start: 85, end: 100 },
      ],
      notes: ["split by time: the first 70 % train, 15 % valid, 15 % test"],
    });
  });

  test("deals sequences out in their order", () => {
    const { parts, notes } = planSplit(items(Array.from({ length: 20 }, () => 5)));
    expect(parts.map(({ split }) => split)).toEqual([
      ...Array.from({ length: 14 }, () => "train"),
      ...Array.from({ length: 3 }, () => "valid"),
      ...Array.from({ length: 3 }, () => "test"),
    ]);
    expect(notes).toEqual(["split by sequence, in order: 14 train, 3 valid, 3 test"]);
  });

  test("keeps what the files ask for, and notes an empty split", () => {
    const { parts, notes } = planSplit(items([4, 5, 6], ["test", "train", "valid"]));
    expect(parts.map(({ index, split }) => [index, split])).toEqual([
      [1, "train"],
      [2, "valid"],
      [0, "test"],
    ]);
    expect(notes).toEqual(["split: as the files say"]);
    expect(planSplit(items([4, 5], ["train", "valid"])).notes).toEqual([
      "split: as the files say",
      "the test split is empty",
    ]);
  });

  test("takes validation from the end of training when nothing asks for it", () => {
    const { parts, notes } = planSplit(items([100, 30], ["train", "test"]));
    expect(parts).toEqual([
      { index: 0, split: "train", start: 0, end: 82 },
      { index: 0, split: "valid", start: 82, end: 100 },
      { index: 1, split: "test", start: 0, end: 30 },
    ]);
    expect(notes[0]).toBe("split: as the files say, validation taken from the end of training");
  });

  test("tells what was asked for, and of what was not asked for nothing", () => {
    expect(planSplit(items([100]), [0.8, 0.2, 0]).notes).toEqual([
      "split by time: the first 80 % train, 20 % valid",
    ]);
    expect(planSplit(items([9, 9, 9, 9]), [0.5, 0, 0.5]).notes).toEqual([
      "split by sequence, in order: 2 train, 2 test",
    ]);
    expect(planSplit(items([9]), [0, 0, 1]).notes).toEqual([]);
    expect(planSplit(items([1]), [0.8, 0.2, 0]).notes).toEqual([
      "split by time: the first 80 % train, 20 % valid",
      "the valid split is empty",
    ]);
  });

  test("every step of every sequence stands in exactly one part, in order", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });
    const shares = fc.constantFrom([0.7, 0.15, 0.15] as const, [0.5, 0, 0.5] as const, [0, 0, 1] as const);
    fc.assert(
      fc.property(lengths, shares, (all, share) => {
        const { parts } = planSplit(items(all), share);
        all.forEach((length, index) => {
          const own = parts.filter((part) => part.index === index).sort((a, b) => a.start - b.start);
          expect(own[0]!.start).toBe(0);
          expect(own[own.length - 1]!.end).toBe(length);
          own.slice(1).forEach((part, i) => {
            expect(part.start).toBe(own[i]!.end);
          });
        });
      }),
    );
  });
});

describe("splitCounts", () => {
  test("gives every split something as long as there is enough", () => {
    expect([1, 2, 3, 4, 10, 100].map((count) => splitCounts(count, [0.7, 0.15, 0.15]))).toEqual([
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
      [2, 1, 1],
      [6, 2, 2],
      [70, 15, 15],
    ]);
    expect(splitCounts(7, [0, 0, 1])).toEqual([0, 0, 7]);
    expect(splitCounts(7, [1, 0, 0])).toEqual([7, 0, 0]);
  });

  test("refuses shares that are none", () => {
    expect(() => checkShares([0.7, 0.7, 0.1])).toThrow(
      "split [0.7, 0.7, 0.1] is no set of shares (give three numbers from 0 that sum to 1, such as [0.7, 0.15, 0.15])",
    );
    expect(() => checkShares([1.5, -0.5, 0])).toThrow("is no set of shares");
  });
});
