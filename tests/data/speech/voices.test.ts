/** What is known of utterances before they are heard. */
import { expect, test } from "vitest";
import { voiceColumns } from "../../../src/data/speech/columns.ts";
import {
  durationsOf,
  lengthOf,
  MOST_TEXTS,
  type Spoken,
  voiceRows,
} from "../../../src/data/speech/voices.ts";

const training: Spoken[] = [
  { text: "no", speaker: "ann", length: 4 },
  { text: "yes", speaker: "ann", length: 6 },
  { text: "yes", speaker: "bob", length: 8 },
];

test("columns are what tells utterances apart: one speaker, one text and too many of them do not", () => {
  const namesOf = (all: readonly Spoken[]) => voiceColumns(all, 100).map(({ name }) => name);
  expect(namesOf(training)).toEqual(["text", "speaker", "seconds", "progress"]);
  expect(namesOf(training.slice(0, 2))).toEqual(["text", "seconds", "progress"]);
  expect(namesOf(training.slice(1))).toEqual(["speaker", "seconds", "progress"]);
  const many = Array.from({ length: MOST_TEXTS + 1 }, (_, i) => ({ text: `${i}`, length: 1 }));
  expect(namesOf(many)).toEqual(["seconds", "progress"]);
  expect(namesOf(many.slice(1))).toEqual(["text", "seconds", "progress"]);
});

test("statistics count steps, as models are fed by steps", () => {
  const [text, , seconds] = voiceColumns(training, 100);
  expect(text!.shares).toEqual([4 / 18, 14 / 18]);
  expect(seconds!.mean).toBeCloseTo((4 * 0.04 + 6 * 0.06 + 8 * 0.08) / 18, 12);
});

test("rows tell what is said and how much is over; all of it beyond the end, nothing of who is unknown", () => {
  const columns = voiceColumns(training, 100);
  const rows = voiceRows(columns, { text: "yes", speaker: "cat", length: 2 }, 100, 3);
  expect([...rows]).toEqual([1, Number.NaN, 0.02, 0.5, 1, Number.NaN, 0.02, 1, 1, Number.NaN, 0.02, 1]);
});

test("lengths are those of the text and speaker, or of what is nearest to these", () => {
  const durations = durationsOf(training, voiceColumns(training, 100));
  expect(durations).toEqual([
    { text: "no", speaker: "ann", lengths: [4] },
    { text: "yes", speaker: "ann", lengths: [6] },
    { text: "yes", speaker: "bob", lengths: [8] },
  ]);
  expect(lengthOf(durations, { text: "yes", speaker: "bob" }, 0)).toBe(8);
  expect([0, 0.49, 0.5, 1].map((share) => lengthOf(durations, { text: "yes" }, share))).toEqual([6, 6, 8, 8]);
  expect(lengthOf(durations, { text: "no", speaker: "bob" }, 0)).toBe(4); // bob says no "no": the text counts more
  expect(lengthOf([], {}, 0.5)).toBeUndefined();
});

test("of many lengths so many are kept that the shortest and the longest are among them", () => {
  const many = Array.from({ length: 500 }, (_, i) => ({ length: i + 1 }));
  const [{ lengths }] = durationsOf(many, []) as [{ lengths: readonly number[] }];
  expect(lengths).toHaveLength(32);
  expect([lengths[0], lengths.at(-1)]).toEqual([1, 500]);
});
