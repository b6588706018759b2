import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KneserNey } from "../../src/baselines/kneser-ney.ts";
import { Random } from "../../src/random/generator.ts";
import { errorOf } from "../run/scratch.ts";

const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures", "kneser_ney.json"), "utf8"),
) as {
  train: string;
  test: string;
  order: number;
  discounts: [number, number, number];
  logProbabilities: number[];
};

const symbols = [...new Set(fixture.train + fixture.test)].sort();
const idsOf = (text: string) => Int32Array.from(text, (symbol) => symbols.indexOf(symbol));
const options = { order: fixture.order, symbols: symbols.length };
const [train, held] = [idsOf(fixture.train), idsOf(fixture.test)];

test("gives every symbol the probability that the definition gives, computed in Python", () => {
  const model = KneserNey.fit([train], { ...options, discounts: fixture.discounts });
  const found = model.logProbabilities(held, train);
  expect(found).toHaveLength(fixture.logProbabilities.length);
  found.forEach((nats, t) => {
    expect(nats).toBeCloseTo(fixture.logProbabilities[t]!, 12);
  });
});

test.each([1, 2, 3, 5])("the probabilities of order %i sum to one, whatever came before", (order) => {
  const random = Random.stream(order, "text");
  const sequences = Array.from({ length: 4 }, () =>
    Int32Array.from({ length: 80 }, () => Math.floor(6 * random.uniform() ** 2)),
  );
  const model = KneserNey.fit(sequences, { order, symbols: 7 });
  for (const context of [[], [0], [6], [1, 0, 2], [5, 5, 5, 5, 5], [...sequences[0]!.slice(0, 10)]]) {
    const probabilities = model.probabilities(context);
    expect(probabilities.every((p) => p > 0)).toBe(true);
    expect(probabilities.reduce((all, p) => all + p, 0)).toBeCloseTo(1, 12);
  }
});

test("estimated discounts are at least as good as none at all on text that was not counted", () => {
  const mean = (nats: Float64Array) => nats.reduce((all, each) => all + each, 0) / nats.length;
  const estimated = KneserNey.fit([train], options);
  const without = KneserNey.fit([train], { ...options, discounts: [1e-6, 1e-6, 1e-6] });
  expect(mean(estimated.logProbabilities(held, train))).toBeGreaterThan(
    mean(without.logProbabilities(held, train)) + 0.5,
  );
});

test("an order of 0 is refused", () => {
  expect(errorOf(() => KneserNey.fit([], { order: 0, symbols: 2 }))).toMatchObject({
    code: "baseline/order",
  });
});

test("what learns on gives what counting anew before each symbol gives", () => {
  const counted = { ...options, discounts: fixture.discounts };
  const found = KneserNey.fit([train], counted).adaptiveLogProbabilities(held);
  held.forEach((symbol, t) => {
    const before = held.slice(0, t);
    // What is read on is a sequence of its own: no context reaches back into training.
    const anew = KneserNey.fit([train, before], counted).probabilities(before);
    expect(found[t]).toBeCloseTo(Math.log(anew[symbol]!), 10);
  });
  const still = KneserNey.fit([train], counted).logProbabilities(held);
  const total = (all: Float64Array) => all.reduce((sum, nats) => sum + nats, 0);
  expect(found[0]).toBe(still[0]);
  expect(total(found)).not.toBeCloseTo(total(still), 3);
});
