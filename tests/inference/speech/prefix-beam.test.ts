import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WittenBell } from "../../../src/baselines/witten-bell.ts";
import type { Pronunciation } from "../../../src/data/speech/dictionary.ts";
import { wordsOfLetters } from "../../../src/inference/speech/heard.ts";
import { Lexicon, unitsAlone } from "../../../src/inference/speech/lexicon.ts";
import { PrefixBeam, type PrefixBeamOptions } from "../../../src/inference/speech/prefix-beam.ts";
import { errorOf } from "../../run/scratch.ts";
import { everyLabelling, everySentence, someFrames, type Weighing } from "./every-path.ts";

const units = ["", "a", "b", "c"];
const said = (text: string): Pronunciation[] =>
  text.split(", ").map((entry) => {
    const [word, ...own] = entry.split(" ");
    return { word: word!, units: own };
  });
/** Homophones (X, Y), words that begin others (X, P, PQ), two pronunciations (Z), a unit twice (D) and three times (T). */
const entries = said("X a, Y a, P a b, PQ a b c, Z c, Z b b, D c c, T b b b");
const sentences = ["X Z", "P PQ X", "Y Y Z D", "Z X", "T", "PQ Z"].map((line) => line.split(" "));
const bigram = WittenBell.fit(sentences, { order: 2 });
const trigram = WittenBell.fit(sentences, { order: 3 });

/** As wide as it takes. */
const wide = { width: 3000, margin: Number.POSITIVE_INFINITY, pending: 1000 };
const heardBy = (frames: readonly Float32Array[], options: PrefixBeamOptions): PrefixBeam => {
  const beam = new PrefixBeam(options);
  for (const frame of frames) beam.push(frame);
  return beam;
};
/** The scores of all sentences that a beam ends with, by their words. */
const scoresOf = (beam: PrefixBeam, of: "score" | "acoustic" = "score"): Map<string, number> =>
  new Map(beam.finish(1e6).map((each) => [each.words.map(({ word }) => word).join(" "), each[of]] as const));

function expectAlike(found: Map<string, number>, expected: Map<string, number>): void {
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [key, score] of expected) expect(found.get(key)).toBeCloseTo(score, 9);
}

describe("a beam that drops nothing gives every sentence the score that all its paths give", () => {
  const weighings: Readonly<Record<string, Weighing>> = {
    "by sounds alone": {},
    "with a bonus": { bonus: 0.7 },
    "with two words before": { model: trigram, weight: 1.3, bonus: -0.4 },
    "with one word before": { model: bigram, weight: 0.6, bonus: 0.5 },
  };
  test.each(Object.entries(weighings))("%s", (_, weighing) => {
    const cases = fc.record({
      seed: fc.nat(1e6),
      steps: fc.integer({ min: 0, max: 6 }),
      picked: fc.subarray(entries, { minLength: 1 }),
    });
    fc.assert(
      fc.property(cases, ({ seed, steps, picked }) => {
        const frames = someFrames(seed, steps, units.length);
        const lexicon = new Lexicon(picked, units);
        const beam = heardBy(frames, { lexicon, ...weighing, ...wide });
        expectAlike(scoresOf(beam), everySentence(frames, picked, units, weighing));
        expectAlike(scoresOf(beam, "acoustic"), everySentence(frames, picked, units));
      }),
      { numRuns: 12 },
    );
  });

  test("of an open vocabulary, every labelling, whichever label is the blank", () => {
    for (const blank of [0, 2]) {
      const names = ["p", "q", "r"];
      const frames = someFrames(blank, 6, 3);
      const lexicon = new Lexicon(unitsAlone(names, blank), names);
      const found = scoresOf(heardBy(frames, { lexicon, blank, ...wide }));
      const expected = [...everyLabelling(frames, blank)].map(([key, p]) => {
        const letters = key === "" ? [] : key.split(" ").map((label) => names[Number(label)]);
        return [letters.join(" "), Math.log(p)] as const;
      });
      expectAlike(found, new Map(expected));
    }
  });

  test("of letters with spaces, the texts that are told apart by their words", () => {
    const letters = ["", "o", "_", "h"];
    const lexicon = new Lexicon(unitsAlone(letters), letters);
    const model = WittenBell.fit([[..."ho_ho"], [..."oh"]], { order: 3, words: letters.slice(1) });
    const frames = someFrames(5, 6, 4);
    const weighing = { model, weight: 0.5 };
    const found = scoresOf(heardBy(frames, { lexicon, ...weighing, separator: "_", ...wide }));
    const expected = new Map<string, number>();
    for (const [key, score] of everySentence(frames, unitsAlone(letters), letters, weighing)) {
      const words = key
        .replaceAll(" ", "")
        .split("_")
        .filter((word) => word !== "")
        .join(" ");
      expected.set(
        words,
        Math.log(Math.exp(expected.get(words) ?? Number.NEGATIVE_INFINITY) + Math.exp(score)),
      );
    }
    expectAlike(found, expected);
  });
});

test("words begin with a piece that does, or behind one that is nothing more", () => {
  const pieces = ["go", " on", "e", " ", " no", " "];
  const timed = pieces.map((word, i) => ({ word, start: i, end: i + 1 }));
  expect(wordsOfLetters(timed, " ")).toEqual([
    { word: "go", start: 0, end: 1 },
    { word: "one", start: 1, end: 3 },
    { word: "no", start: 4, end: 5 },
  ]);
});

/** Frames that say units one after the other, each for some frames, and a little of all others. */
function saying(labels: readonly number[], held: number, doubt = 0.02): Float32Array[] {
  return labels.flatMap((label) =>
    Array.from({ length: held }, () =>
      Float32Array.from(units, (_, other) => Math.log(other === label ? 1 - 3 * doubt : doubt)),
    ),
  );
}

describe("words", () => {
  const lexicon = new Lexicon(said("X a, P a b, Z c, D c c"), units);

  test("are told with the frames that they were said in", () => {
    const frames = saying([0, 1, 2, 0, 3, 0, 0, 1, 0], 2);
    const [best] = heardBy(frames, { lexicon }).finish();
    expect(best!.words.map(({ word, start, end }) => [word, start, end])).toEqual([
      ["P", 2, 6],
      ["Z", 8, 10],
      ["X", 14, 16],
    ]);
    for (const { confidence } of best!.words) expect(confidence).toBeGreaterThan(0.5);
  });

  test("with a unit twice need a blank between", () => {
    const once = heardBy(saying([0, 3, 0], 3), { lexicon }).finish()[0]!;
    expect(once.words.map(({ word }) => word)).toEqual(["Z"]);
    const twice = heardBy(saying([0, 3, 0, 3, 0], 3), { lexicon, bonus: -1 }).finish()[0]!;
    expect(twice.words.map(({ word }) => word)).toEqual(["D"]);
  });

  test("that sound alike are told apart by the words before", () => {
    const alike = new Lexicon(said("TO a, TWO a, GO b, ONE c"), units);
    const model = WittenBell.fit(
      [
        ["GO", "TO"],
        ["ONE", "TWO"],
        ["TWO", "ONE"],
      ],
      { order: 2 },
    );
    const last = (labels: number[]) =>
      heardBy(saying(labels, 2), { lexicon: alike, model }).finish()[0]!.words.at(-1)!;
    expect(last([2, 0, 1, 0]).word).toBe("TO");
    expect(last([3, 0, 1, 0]).word).toBe("TWO");
    const either = heardBy(saying([1, 0], 2), { lexicon: alike }).finish();
    expect(either.slice(0, 2).map(({ words }) => words.map(({ word }) => word))).toEqual([["TO"], ["TWO"]]);
    expect(either[0]!.words[0]!.confidence).toBeCloseTo(0.5, 1);
    expect(either[0]!.posterior).toBeCloseTo(either[1]!.posterior, 12);
  });

  test("that are begun only are left out where no hypothesis is whole", () => {
    const frames = saying([3, 0, 1], 2, 1e-9);
    const long = new Lexicon(said("Z c, P a b"), units);
    const beam = heardBy(frames, { lexicon: long, margin: 2 });
    expect(beam.finish()[0]!.words.map(({ word }) => word)).toEqual(["Z"]);
  });
});

/** Settings and frames of any search. */
const searches = fc.record({
  seed: fc.nat(1e6),
  steps: fc.integer({ min: 1, max: 60 }),
  sharpness: fc.constantFrom(1, 3, 6),
  width: fc.integer({ min: 1, max: 12 }),
  margin: fc.constantFrom(3, 8, Number.POSITIVE_INFINITY),
  pending: fc.constantFrom(1, 2, 100),
  sure: fc.constantFrom(1, 0.999, 0.8),
  pause: fc.constantFrom(2, 5, Number.POSITIVE_INFINITY),
  delay: fc.constantFrom(1, 4, Number.POSITIVE_INFINITY),
  told: fc.constantFrom("words", "letters", "pieces"),
});
/** Symbols that spell words, "c" between them or before what begins one. */
const spellings = { letters: units, pieces: ["", "a", "cb", "c"] };
function searched({
  seed,
  steps,
  sharpness,
  told,
  ...settings
}: typeof searches extends fc.Arbitrary<infer Case> ? Case : never) {
  const lexicon =
    told === "words"
      ? new Lexicon(entries, units)
      : new Lexicon(unitsAlone(spellings[told]), spellings[told]);
  const separated = told === "words" ? { model: bigram } : { separator: "c" };
  const options = { lexicon, ...separated, bonus: 0.3, ...settings };
  return { frames: someFrames(seed, steps, units.length, sharpness), options };
}

describe("what is stable", () => {
  test("only becomes more, is in every hypothesis, and ends up in what was heard", () => {
    fc.assert(
      fc.property(searches, (each) => {
        const { frames, options } = searched(each);
        const beam = new PrefixBeam(options);
        let before: readonly { word: string }[] = [];
        for (const frame of frames) {
          beam.push(frame);
          const now = beam.stable();
          expect(now.slice(0, before.length)).toMatchObject(before.map(({ word }) => ({ word })));
          const texts = now.map(({ word }) => word);
          for (const { words } of beam.finish(1000))
            expect(words.slice(0, now.length).map(({ word }) => word)).toEqual(texts);
          before = now;
        }
      }),
      { numRuns: 60 },
    );
  });

  test("may be taken out, and nothing is lost", () => {
    fc.assert(
      fc.property(searches, fc.integer({ min: 1, max: 9 }), (each, every) => {
        const { frames, options } = searched(each);
        const [beam, whole] = [new PrefixBeam(options), new PrefixBeam(options)];
        const taken = frames.flatMap((frame, t) => {
          beam.push(frame);
          whole.push(frame);
          return t % every === 0 ? beam.drain() : [];
        });
        const rest = beam.finish()[0]!.words;
        const texts = [...taken, ...rest].map(({ word, start, end }) => ({ word, start, end }));
        expect(texts).toEqual(whole.finish()[0]!.words.map(({ word, start, end }) => ({ word, start, end })));
      }),
      { numRuns: 40 },
    );
  });
});

test("what is asked in between changes nothing, and a sentence begun anew is a new beam", () => {
  fc.assert(
    fc.property(searches, (each) => {
      const { frames, options } = searched(each);
      const [asked, plain] = [new PrefixBeam(options), heardBy(frames, options)];
      for (const frame of frames) {
        asked.push(frame);
        asked.partial();
        asked.finish();
      }
      expect(asked.finish()).toEqual(plain.finish());
      asked.reset();
      for (const frame of frames) asked.push(frame);
      const later = asked.finish().map(({ words, ...rest }) => ({
        words: words.map(({ start, end, ...word }) => ({
          ...word,
          start: start - frames.length,
          end: end - frames.length,
        })),
        ...rest,
      }));
      expect(later).toEqual(plain.finish());
    }),
    { numRuns: 30 },
  );
});

test("words lie one after the other within the frames", () => {
  fc.assert(
    fc.property(searches, (each) => {
      const { frames, options } = searched(each);
      const words = heardBy(frames, { ...options, width: 12, margin: 8 }).finish()[0]!.words;
      words.forEach(({ start, end }, i) => {
        expect(start).toBeGreaterThanOrEqual(words[i - 1]?.end ?? 0);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(frames.length);
      });
    }),
    { numRuns: 100 },
  );
});

test("memory stays bounded however long is listened, and what is apart is decided", () => {
  const lexicon = new Lexicon(said("TO a, TWO a, GO b, ONE c"), units);
  const beam = new PrefixBeam({ lexicon, width: 16, margin: Number.POSITIVE_INFINITY, pending: 8 });
  const frames = saying([1, 0, 2, 0, 3, 0], 2);
  let most = 0;
  for (let t = 0; t < 3000; t++) {
    beam.push(frames[t % frames.length]!);
    most = Math.max(most, beam.held);
    if (t % 100 === 0) beam.drain();
  }
  expect(beam.frames).toBe(3000);
  expect(most).toBeLessThanOrEqual(16 * 9 + 1);
  expect(beam.stable().length).toBeLessThan(100);
});

test("a word is stable the sooner, the less sure it has to be", () => {
  const lexicon = new Lexicon(said("TO a, TOO a b, GO b, ONE c"), units);
  const frames = saying([0, 1, 0, 3, 0, 2, 0, 3, 0], 3, 0.001);
  const since = (sure: number): number => {
    const beam = new PrefixBeam({ lexicon, margin: 30, sure });
    const found = frames.findIndex((frame) => {
      beam.push(frame);
      return beam.stable().length > 0;
    });
    return found < 0 ? frames.length : found;
  };
  expect(since(0.9)).toBeGreaterThanOrEqual(3); // not before it is said
  expect(since(0.9)).toBeLessThan(since(0.999));
  expect(since(0.999)).toBeLessThanOrEqual(since(1));
});

describe("silence", () => {
  const lexicon = new Lexicon(said("GO a, GOOD a b, OH b"), units);
  const bonus = -0.1;
  // "a", five blanks, "b": a longer word, unless it may not pause so long.
  const frames = saying([1, 0, 0, 0, 0, 0, 2, 0], 1, 0.001);

  test("within a word is as long as it likes unless told", () => {
    expect(heardBy(frames, { lexicon, bonus }).finish()[0]!.words).toMatchObject([{ word: "GOOD" }]);
  });

  test("ends a word, which is stable from then on", () => {
    const beam = new PrefixBeam({ lexicon, bonus, sure: 0.9, pause: 3 });
    const stable = frames.map((frame) => {
      beam.push(frame);
      return beam.stable().length;
    });
    expect(stable).toEqual([0, 0, 0, 1, 1, 1, 1, 1]);
    expect(beam.finish()[0]!.words).toMatchObject([{ word: "GO" }, { word: "OH" }]);
  });
});

test("a word is decided so many frames after its end, however unsure it is", () => {
  const lexicon = new Lexicon(said("TO a, GO b"), units);
  // Next to as likely: nothing that follows tells them apart.
  const unsure = Float32Array.from([0.02, 0.5, 0.46, 0.02], Math.log);
  const silent = Float32Array.from([0.97, 0.01, 0.01, 0.01], Math.log);
  const since = (delay: number): number => {
    const beam = new PrefixBeam({ lexicon, margin: 30, pause: 1, delay });
    const found = [unsure, ...Array<Float32Array>(9).fill(silent)].findIndex((frame) => {
      beam.push(frame);
      return beam.stable().length > 0;
    });
    if (found >= 0) expect(beam.stable()).toMatchObject([{ word: "TO", start: 0, end: 1 }]);
    return found;
  };
  expect(since(2)).toBe(2);
  expect(since(5)).toBe(5);
  expect(since(Number.POSITIVE_INFINITY)).toBe(-1);
});

test("a wider beam is no worse", () => {
  const frames = someFrames(3, 40, 4, 3);
  const lexicon = new Lexicon(entries, units);
  const best = (width: number) => heardBy(frames, { lexicon, model: bigram, width }).finish()[0]!.score;
  expect(best(64)).toBeGreaterThanOrEqual(best(2) - 1e-9);
});

test("a frame that allows nothing is passed over; frames and settings that cannot be are refused", () => {
  const lexicon = new Lexicon(entries, units);
  const frames = saying([1, 0], 2);
  const beam = heardBy(frames, { lexicon });
  const before = beam.finish();
  beam.push(new Float32Array(4).fill(Number.NEGATIVE_INFINITY));
  expect(beam.finish()).toEqual(before);
  const refused = (act: () => unknown, code: string) => expect(errorOf(act)).toMatchObject({ code });
  refused(() => beam.push(new Float32Array(3)), "speech/frame");
  refused(() => beam.push(Float32Array.of(0, Number.NaN, 0, 0)), "speech/frame");
  refused(() => new PrefixBeam({ lexicon, width: 0 }), "speech/beam");
  refused(() => new PrefixBeam({ lexicon, margin: -1 }), "speech/beam");
  refused(() => new PrefixBeam({ lexicon, sure: 0.5 }), "speech/beam");
  refused(() => new PrefixBeam({ lexicon, pause: 0 }), "speech/beam");
  refused(() => new PrefixBeam({ lexicon, delay: 0 }), "speech/beam");
  refused(() => new PrefixBeam({ lexicon, blank: 1 }), "speech/beam");
});
