import fc from "fast-check";
import { expect, test } from "vitest";
import { WittenBell } from "../../../src/baselines/witten-bell.ts";
import { Lexicon, unitsAlone } from "../../../src/inference/speech/lexicon.ts";
import { PrefixBeam } from "../../../src/inference/speech/prefix-beam.ts";
import { SpelledWords } from "../../../src/inference/speech/spelled-words.ts";
import { everyLabelling, someFrames } from "./every-path.ts";

const letters = ["", "o", "_", "h"];
const sentences = ["ho ho", "oh ho", "h oh", "hoo"].map((line) => line.split(" "));
const words = WittenBell.fit(sentences, { order: 2 });
const model = new SpelledWords({ model: words, words: words.words, letters, separator: "_", bonus: 0.25 });
const wordsIn = (text: string): string[] => text.split("_").filter((word) => word !== "");
/** What the model of words says, with the bonus. */
const natsOf = (said: readonly string[]): number =>
  words.logProbs(said).reduce((sum, nats) => sum + nats, 0.25 * said.length);

test("letters cost what their words do, unknown ones and separators about them included", () => {
  const texts = fc.array(fc.constantFrom("o", "_", "h"), { maxLength: 12 });
  fc.assert(
    fc.property(texts, (text) => {
      let [state, nats] = [model.start, 0];
      for (const letter of text) {
        const step = model.step(state, model.idOf(letter));
        [state, nats] = [step.state, nats + step.logProb];
      }
      expect(nats + model.end(state)).toBeCloseTo(natsOf(wordsIn(text.join(""))), 10);
    }),
  );
});

test("a beam of letters weighs the words that they spell, as all paths together do", () => {
  const frames = someFrames(7, 6, letters.length);
  const lexicon = new Lexicon(unitsAlone(letters), letters);
  const options = {
    lexicon,
    model,
    weight: 0.8,
    separator: "_",
    width: 5000,
    margin: Number.POSITIVE_INFINITY,
  };
  const beam = new PrefixBeam(options);
  for (const frame of frames) beam.push(frame);
  const masses = new Map<string, number>();
  for (const [key, p] of everyLabelling(frames, 0)) {
    const text =
      key === ""
        ? ""
        : key
            .split(" ")
            .map((label) => letters[Number(label)])
            .join("");
    const said = wordsIn(text).join(" ");
    masses.set(said, (masses.get(said) ?? 0) + p);
  }
  const found = beam.finish(1e6);
  expect(found).toHaveLength(masses.size);
  for (const { words: heard, score } of found) {
    const said = heard.map(({ word }) => word);
    expect(score).toBeCloseTo(Math.log(masses.get(said.join(" "))!) + 0.8 * natsOf(said), 9);
  }
});
