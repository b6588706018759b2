import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  alignedWords,
  errorsIn,
  errorsOfPairs,
  summedErrors,
  wordErrorDifference,
  wordErrorRate,
  wordErrors,
  wordErrorsBySpeaker,
  wordErrorsByWord,
} from "../../src/metrics/word-errors.ts";

const sentence = fc.array(fc.constantFrom("A", "B", "C"), { maxLength: 7 });
const split = (text: string): string[] => text.split(" ").filter((word) => word !== "");

/** The fewest errors by the definition: every way to begin, tried. */
function fewest(said: readonly string[], heard: readonly string[]): number {
  if (said.length === 0 || heard.length === 0) return said.length + heard.length;
  const [restSaid, restHeard] = [said.slice(1), heard.slice(1)];
  return Math.min(
    fewest(restSaid, restHeard) + (said[0] === heard[0] ? 0 : 1),
    fewest(restSaid, heard) + 1,
    fewest(said, restHeard) + 1,
  );
}

describe("an alignment", () => {
  test("has the fewest errors, and both sides in their order", () => {
    fc.assert(
      fc.property(sentence, sentence, (said, heard) => {
        const pairs = alignedWords(said, heard);
        expect(pairs.flatMap(({ said: word }) => word ?? [])).toEqual(said);
        expect(pairs.flatMap(({ heard: word }) => word ?? [])).toEqual(heard);
        expect(pairs.every((pair) => pair.said !== undefined || pair.heard !== undefined)).toBe(true);
        const counts = errorsOfPairs(pairs);
        expect(errorsIn(counts)).toBe(fewest(said, heard));
        expect(counts.words).toBe(said.length);
        expect(counts.words - counts.deletions + counts.insertions).toBe(heard.length);
      }),
    );
  });

  test("is a metric: of equals 0, the same both ways, and never longer than over a third", () => {
    const errors = (a: string[], b: string[]) => errorsIn(errorsOfPairs(alignedWords(a, b)));
    fc.assert(
      fc.property(sentence, sentence, sentence, (a, b, c) => {
        expect(errors(a, a)).toBe(0);
        expect(errors(a, b)).toBe(errors(b, a));
        expect(errors(a, c)).toBeLessThanOrEqual(errors(a, b) + errors(b, c));
        expect(errors(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });

  test.each([
    ["ONE TWO", "ONE OH TWO", "ONE:ONE :OH TWO:TWO"],
    ["ONE TWO THREE", "ONE THREE", "ONE:ONE TWO: THREE:THREE"],
    ["ONE TWO", "TWO", "ONE: TWO:TWO"],
    ["A B", "C D", "A:C B:D"],
    ["", "A", ":A"],
    ["", "", ""],
  ])("of %j and %j is %j", (said, heard, expected) => {
    const pairs = alignedWords(split(said), split(heard));
    expect(pairs.map((pair) => `${pair.said ?? ""}:${pair.heard ?? ""}`).join(" ")).toBe(expected);
  });
});

describe("utterances", () => {
  const all = [
    { said: split("ONE TWO THREE"), heard: split("ONE TOO THREE"), speaker: "b" },
    { said: split("A B C D"), heard: split("A B C D"), speaker: "a" },
    { said: split("NINE"), heard: split("FIVE NINE"), speaker: "b" },
    { said: split("GO TWO"), heard: split("TOO"), speaker: "a" },
    { said: split("YES"), heard: split("YES"), speaker: "a" },
  ];

  test("are pooled over all words", () => {
    expect(wordErrors(all)).toMatchObject({
      words: 11,
      substitutions: 2,
      deletions: 1,
      insertions: 1,
      rate: 400 / 11,
      utterances: 5,
      wrong: 3,
    });
    expect(wordErrors(all).confusions).toEqual([
      { said: "TWO", heard: "TOO", count: 2 },
      { said: undefined, heard: "FIVE", count: 1 },
      { said: "GO", heard: undefined, count: 1 },
    ]);
  });

  test("are told by speaker", () => {
    const speakers = wordErrorsBySpeaker(all);
    expect([...speakers.keys()]).toEqual(["a", "b"]);
    expect(speakers.get("a")!.rate).toBeCloseTo(200 / 7, 12);
    expect(speakers.get("b")!.rate).toBe(50);
    expect(wordErrorRate(summedErrors([...speakers.values()]))).toBeCloseTo(wordErrors(all).rate, 12);
  });

  test("have an interval about their rate, which many make narrow; a few tell none", () => {
    const few = wordErrors(all).interval!;
    const many = wordErrors(Array.from({ length: 40 }, () => all).flat());
    expect(few[0]).toBeLessThan(many.interval![0]);
    expect(many.interval![0]).toBeLessThan(many.rate);
    expect(many.interval![1]).toBeGreaterThan(many.rate);
    expect(few[1]).toBeGreaterThan(many.interval![1]);
    expect(wordErrors(all.slice(0, 4)).interval).toBeUndefined();
  });

  test("tell which of two heard better", () => {
    const rivals = Array.from({ length: 8 }, () => all).flat();
    const worse = rivals.map((each) => ({ ...each, rival: [] }));
    expect(wordErrorDifference(worse)![1]).toBeLessThan(0);
    const same = rivals.map((each) => ({ ...each, rival: each.heard }));
    expect(wordErrorDifference(same)).toEqual([0, 0]);
  });

  test("of no words have no rate", () => {
    expect(wordErrors([]).rate).toBeNaN();
    expect(wordErrors([{ said: [], heard: ["A"] }]).rate).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("errors by word", () => {
  test("are counted where a word was said, and where it was heard instead", () => {
    expect(
      wordErrorsByWord([
        { said: split("NINE ONE"), heard: split("FIVE ONE") },
        { said: split("NINE"), heard: split("NINE OH") },
        { said: split("NINE TWO"), heard: split("NINE") },
      ]),
    ).toEqual([
      { word: "NINE", said: 3, missed: 1, wrongly: 0 },
      { word: "TWO", said: 1, missed: 1, wrongly: 0 },
      { word: "FIVE", said: 0, missed: 0, wrongly: 1 },
      { word: "OH", said: 0, missed: 0, wrongly: 1 },
      { word: "ONE", said: 1, missed: 0, wrongly: 0 },
    ]);
  });

  test("add up to those of all words", () => {
    const utterance = fc.record({ said: sentence, heard: sentence });
    fc.assert(
      fc.property(fc.array(utterance, { minLength: 1, maxLength: 6 }), (utterances) => {
        const words = wordErrorsByWord(utterances);
        const { substitutions, deletions, insertions, words: said } = wordErrors(utterances);
        const sum = (of: "said" | "missed" | "wrongly") => words.reduce((all, own) => all + own[of], 0);
        expect(sum("said")).toBe(said);
        expect(sum("missed")).toBe(substitutions + deletions);
        expect(sum("wrongly")).toBe(substitutions + insertions);
      }),
    );
  });
});
