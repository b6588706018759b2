import { expect, test } from "vitest";
import { readDictionary } from "../../../src/data/speech/dictionary.ts";
import { Listener } from "../../../src/inference/speech/endpoint.ts";
import { Lexicon } from "../../../src/inference/speech/lexicon.ts";
import { PrefixBeam } from "../../../src/inference/speech/prefix-beam.ts";
import { FreePath, leastFit } from "../../../src/inference/speech/rejection.ts";
import { errorOf } from "../../run/scratch.ts";

const units = ["", "a", "b", "c"];
const lexicon = new Lexicon(readDictionary("TO a b\nGO b a\nONE a c"), units);
const frames = (path: string): Float32Array[] =>
  Array.from(path, (own) =>
    Float32Array.from(units, (_, label) => Math.log(label === Number(own) ? 0.94 : 0.02)),
  );

/** How well the words that are heard fit. */
function fitOf(path: string): number {
  const [beam, free] = [new PrefixBeam({ lexicon }), new FreePath()];
  for (const frame of frames(path)) {
    beam.push(frame);
    free.push(frame);
  }
  return free.fit(beam.finish()[0]!.acoustic);
}

test("words that are said fit, others do not", () => {
  for (const said of ["0112200", "011330", "0110022002211"]) expect(Math.abs(fitOf(said))).toBeLessThan(0.1);
  for (const other of ["00333300", "022330033", "033220"]) expect(fitOf(other)).toBeLessThan(-0.5);
});

test("a listener tells the fit of each utterance by itself", () => {
  const listener = new Listener({ lexicon }, { rate: 10, silence: 0.3 });
  const told = frames("0112200022330330001122000").flatMap((frame) => listener.push(frame) ?? []);
  expect(told).toHaveLength(3);
  expect(told[0]!.fit).toBeCloseTo(fitOf("01122000"), 9);
  expect(told[1]!.fit).toBeLessThan(-0.5);
  expect(told[2]!.fit).toBeCloseTo(fitOf("1122000"), 9);
});

test("the threshold is a quantile of clean fits", () => {
  expect(leastFit([-0.3, -0.1, -0.2, -2.5], 0.2)).toBe(-2.5);
  expect(leastFit([-1, -3, -2], 0.5)).toBe(-2);
  for (const wrong of [() => leastFit([]), () => leastFit([1], 0)])
    expect(errorOf(wrong)).toMatchObject({ code: "speech/rejection" });
});
