import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SplitName } from "../../src/data/dataset.ts";
import { checkShares, placeNotes, planSplit, splitCounts } from "../../src/data/split.ts";
import { splitWays } from "../../src/data/tables/answers.ts";

const items = (lengths: readonly number[], splits: readonly (SplitName | undefined)[] = []) =>
  lengths.map((length, i) => ({ length, split: splits[i] }));

describe("planSplit", () => {
  test("cuts one sequence by time", () => {
    expect(planSplit(items([100]))).toMatchObject({
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

  test("has nothing to say of splits where all is read for a trained model", () => {
    const { parts, notes } = planSplit(items([4, 5], ["valid", "train"]), [0, 0, 1]);
    expect([parts.length, notes]).toEqual([2, []]);
    expect(planSplit(items([9, 9, 9, 9]), [0, 0, 1]).notes).toEqual([]);
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
      fc.property(lengths, shares, fc.constantFrom(undefined, ...splitWays), (all, share, way) => {
        const { parts } = planSplit(items(all), share, way);
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

describe("cut by time", () => {
  test("each of many sequences trains first, then validates, then tests", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 3, max: 60 }), { minLength: 3, maxLength: 12 }), (lengths) => {
        const { parts, notes } = planSplit(items(lengths), [0.7, 0.15, 0.15], "time");
        lengths.forEach((_, index) => {
          const own = parts.filter((part) => part.index === index);
          expect(own.map(({ split }) => split)).toEqual(["train", "valid", "test"]);
          expect(own[0]!.end).toBe(own[1]!.start);
          expect(own[1]!.end).toBe(own[2]!.start);
        });
        expect(notes).toEqual([
          "split by time within each sequence: the first 70 % train, 15 % valid, 15 % test",
        ]);
      }),
    );
  });

  test("two whole sequences are dealt out where it is asked for", () => {
    const { parts } = planSplit(items([10, 10]), [0.5, 0, 0.5], "sequence");
    expect(parts.map(({ index, split, end }) => [index, split, end])).toEqual([
      [0, "train", 10],
      [1, "test", 10],
    ]);
  });
});

describe("placeNotes", () => {
  const named = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `s${i}`, length: 10 }));

  test("name the sequences, or where they are cut", () => {
    const many = named(20);
    expect(placeNotes(many, planSplit(many))).toEqual([
      "train: s0, s1, s2, s3, s4 and 9 more; valid: s14, s15 and s16; test: s17, s18 and s19",
    ]);
    const [one] = [named(1)];
    expect(placeNotes(one, planSplit(one))).toEqual([
      "s0: train step 1 to step 6, valid step 7 to step 8, test step 9 to step 10",
    ]);
    expect(placeNotes(one, planSplit(one), (i, step) => `${i}.${step}`)).toEqual([
      "s0: train 0.0 to 0.5, valid 0.6 to 0.7, test 0.8 to 0.9",
    ]);
  });

  test("say nothing of what files asked for, or of one split", () => {
    const asked = named(2).map((item, i) => ({ ...item, split: (["train", "valid"] as const)[i] }));
    expect(placeNotes(asked, planSplit(asked))).toEqual([]);
    expect(placeNotes(named(4), planSplit(named(4), [0, 0, 1]))).toEqual([]);
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
