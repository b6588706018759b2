import { expect, test } from "vitest";
import { WittenBell } from "../../../src/baselines/witten-bell.ts";
import { readDictionary } from "../../../src/data/speech/dictionary.ts";
import { Endpoint, Listener } from "../../../src/inference/speech/endpoint.ts";
import { Lexicon } from "../../../src/inference/speech/lexicon.ts";
import { PrefixBeam } from "../../../src/inference/speech/prefix-beam.ts";
import { errorOf } from "../../run/scratch.ts";

const units = ["", "a", "b", "c"];
const lexicon = new Lexicon(readDictionary("TO a\nTWO a\nGO b\nONE c"), units);
const model = WittenBell.fit(
  [
    ["TO", "GO"],
    ["ONE", "TWO"],
    ["ONE", "TWO"],
  ],
  { order: 2 },
);
const frames = (path: string): Float32Array[] =>
  Array.from(path, (own) =>
    Float32Array.from(units, (_, label) => Math.log(label === Number(own) ? 0.94 : 0.02)),
  );
const textOf = (words: readonly { word: string }[]): string => words.map(({ word }) => word).join(" ");

test("an utterance ends after so many frames of silence in a row", () => {
  const endpoint = new Endpoint({ rate: 33.3, silence: 0.1 });
  expect(endpoint.frames).toBe(3);
  expect(new Endpoint({ rate: 33.3 }).frames).toBe(17);
  const told = frames("1001000010").map((frame) => endpoint.push(frame));
  expect(told).toEqual([false, false, false, false, false, false, true, true, false, false]);
  endpoint.reset();
  expect(endpoint.push(frames("0")[0]!)).toBe(false);
  expect(errorOf(() => new Endpoint({ rate: 0 }))).toMatchObject({ code: "speech/endpoint" });
});

test("a listener hears one utterance after the other, each from the beginning of a sentence", () => {
  const listener = new Listener({ lexicon, model }, { rate: 10, silence: 0.4 });
  const all = frames("00000" + "33011" + "0000" + "000000" + "11022" + "0000" + "011");
  const heard = all.flatMap((frame, t) => {
    const told = listener.push(frame);
    return told === undefined ? [] : [{ at: t + 1, ...told }];
  });
  expect(
    heard.map(({ at, start, end, hypotheses }) => [at, start, end, textOf(hypotheses[0]!.words)]),
  ).toEqual([
    [14, 0, 14, "ONE TWO"],
    [29, 14, 29, "TO GO"],
  ]);
  expect(heard[1]!.hypotheses[0]!.words.map(({ start, end }) => [start, end])).toEqual([
    [20, 22],
    [23, 25],
  ]);
  expect(textOf(listener.partial())).toBe("TO");
  const last = listener.finish()!;
  expect([last.start, last.end]).toEqual([29, 32]);
  expect(textOf(last.hypotheses[0]!.words)).toBe("TWO"); // no sentence ends with TO
  expect(listener.finish()).toBeUndefined();
});

test("what it hears of an utterance is what a beam of its own does", () => {
  const said = frames("0330110000");
  const listener = new Listener({ lexicon, model }, { rate: 10, silence: 0.4 });
  const beam = new PrefixBeam({ lexicon, model });
  const told = said.flatMap((frame) => {
    beam.push(frame);
    return listener.push(frame) ?? [];
  });
  expect(told.map(({ hypotheses }) => hypotheses)).toEqual([beam.finish()]);
});
