import { expect, test } from "vitest";
import { TfIdf } from "../../src/baselines/tf-idf.ts";
import { errorOf } from "../run/scratch.ts";

const none = [1, 0] as const; // no runs at all
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

test("of one word a class, weights are where the slope of the penalised likelihood vanishes", () => {
  // Each text is one word, so its vector is 1 at that word. With two classes the weights of a word are ±w/2, and by
  // symmetry the bias is 0: ½ λ (2 · 2 · (w/2)²) − log σ(w) is least where λ w = σ(−w), with λ = 1 / (C n).
  const options = { words: [1, 1], characters: none, minimum: 1, inverseRegularisation: 5 } as const;
  const model = TfIdf.fit(["yes", "no", "yes", "no"], [1, 0, 1, 0], { ...options, iterations: 3000 });
  let [low, high] = [0, 100];
  for (let i = 0; i < 200; i++) {
    const w = (low + high) / 2;
    if (w / 20 < sigmoid(-w)) low = w;
    else high = w;
  }
  expect(model.probabilities("yes")[1]).toBeCloseTo(sigmoid(low), 6);
  expect(model.probabilities("no")[0]).toBeCloseTo(sigmoid(low), 6);
  expect(model.probabilities("maybe")[0]).toBeCloseTo(0.5, 6);
  expect([model.classOf("no"), model.classOf("yes")]).toEqual([0, 1]);
});

test("rare words weigh more than common ones, and repeated ones less than their number", () => {
  const options = { words: [1, 1], characters: none, minimum: 1, iterations: 3000 } as const;
  const texts = ["the cat", "the cat", "the dog", "the dog"];
  const model = TfIdf.fit(texts, [0, 0, 1, 1], options);
  const oddsOf = (text: string) => Math.log(model.probabilities(text)[1]! / model.probabilities(text)[0]!);
  // idf is log 5/5 + 1 of "the", log 5/3 + 1 of "dog"; three times counts 1 + log 3. "the" itself says nothing.
  const idf = Math.log(5 / 3) + 1;
  const times = (1 + Math.log(3)) * idf;
  expect(oddsOf("the")).toBeCloseTo(0, 6);
  expect(oddsOf("the dog dog dog") / oddsOf("dog")).toBeCloseTo(times / Math.hypot(1, times), 6);
  expect(oddsOf("the dog") / oddsOf("dog")).toBeCloseTo(idf / Math.hypot(1, idf), 6);
});

test("tells order by runs of words and endings by runs of letters; what is too rare is left out", () => {
  const texts = ["not good", "good not", "not good", "good not"];
  const words = TfIdf.fit(texts, [0, 1, 0, 1], { characters: none });
  expect(texts.map((text) => words.classOf(text))).toEqual([0, 1, 0, 1]);
  const letters = TfIdf.fit(["walking", "walked", "talking", "talked"], [0, 1, 0, 1]);
  expect([letters.classOf("Parking"), letters.classOf("PARKED")]).toEqual([0, 1]);
  const rare = TfIdf.fit(["aa", "bb"], [0, 1], { characters: none });
  expect(rare.probabilities("aa")[0]).toBeCloseTo(0.5, 6);
});

test("refuses classes that are not one a text", () => {
  expect(errorOf(() => TfIdf.fit(["a"], []))).toMatchObject({ code: "baseline/classes" });
  expect(errorOf(() => TfIdf.fit([], []))).toMatchObject({ code: "baseline/classes" });
});
