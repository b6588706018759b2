/** What CTC says by its definition: every path of labels, one after the other. */
import type { WordModel } from "../../../src/baselines/word-model.ts";
import type { Pronunciation } from "../../../src/data/speech/dictionary.ts";
import { Random } from "../../../src/random/generator.ts";

/** Frames of random log-probabilities, `[T][K]`, that sum to 1. @param sharpness how far apart they are, nats */
export function someFrames(seed: number, steps: number, labels: number, sharpness = 2): Float32Array[] {
  const random = Random.stream(seed, "frames");
  return Array.from({ length: steps }, () => {
    const logits = Array.from({ length: labels }, () => sharpness * random.normal());
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    return Float32Array.from(logits, (logit) => logit - total);
  });
}

/** Every path with its log-probability. */
export function* everyPath(frames: readonly Float32Array[]): Generator<{ path: number[]; nats: number }> {
  const [first, ...rest] = frames;
  if (first === undefined) {
    yield { path: [], nats: 0 };
    return;
  }
  for (const { path, nats } of everyPath(rest))
    for (let label = 0; label < first.length; label++)
      yield { path: [label, ...path], nats: first[label]! + nats };
}

/** What a path reads as: labels beside each other once, blanks left out. */
export const readOff = (path: readonly number[], blank: number): number[] =>
  path.filter((label, t) => label !== blank && label !== path[t - 1]);

/** The probability of each labelling, by its labels joined with spaces. */
export function everyLabelling(frames: readonly Float32Array[], blank: number): Map<string, number> {
  const all = new Map<string, number>();
  for (const { path, nats } of everyPath(frames)) {
    const key = readOff(path, blank).join(" ");
    all.set(key, (all.get(key) ?? 0) + Math.exp(nats));
  }
  return all;
}

/** All ways to read labels as pronunciations one after the other. */
function readings(labels: readonly string[], lexicon: readonly Pronunciation[]): string[][] {
  if (labels.length === 0) return [[]];
  return lexicon
    .filter(({ units }) => units.every((unit, i) => labels[i] === unit))
    .flatMap(({ word, units }) =>
      readings(labels.slice(units.length), lexicon).map((rest) => [word, ...rest]),
    );
}

/** How sentences are weighed. */
export interface Weighing {
  readonly model?: WordModel;
  readonly weight?: number;
  readonly bonus?: number;
  readonly blank?: number;
}

/** The score of every sentence that a lexicon allows, by its words joined with spaces. */
export function everySentence(
  frames: readonly Float32Array[],
  lexicon: readonly Pronunciation[],
  units: readonly string[],
  { model, weight = 1, bonus = 0, blank = 0 }: Weighing = {},
): Map<string, number> {
  const masses = new Map<string, number>();
  for (const [key, probability] of everyLabelling(frames, blank)) {
    const labels = key === "" ? [] : key.split(" ").map((label) => units[Number(label)]!);
    for (const words of readings(labels, lexicon))
      masses.set(words.join(" "), (masses.get(words.join(" ")) ?? 0) + probability);
  }
  return new Map(
    [...masses].map(([sentence, mass]) => {
      const words = sentence === "" ? [] : sentence.split(" ");
      return [sentence, Math.log(mass) + bonus * words.length + weight * natsOf(words, model)];
    }),
  );
}

function natsOf(words: readonly string[], model: WordModel | undefined): number {
  if (model === undefined) return 0;
  let [state, nats] = [model.start, 0];
  for (const word of words) {
    const step = model.step(state, model.idOf(word));
    [state, nats] = [step.state, nats + step.logProb];
  }
  return nats + model.end(state);
}
