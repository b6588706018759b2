import { expect, test } from "vitest";
import { KneserNey } from "../../src/baselines/kneser-ney.ts";
import { chosenNGrams, nGramNats } from "../../src/baselines/n-grams.ts";
import { pooledNatsPerStep } from "../../src/metrics/nats.ts";
import { Random } from "../../src/random/generator.ts";

const train = [Int32Array.of(0, 1, 2, 0, 1, 2, 0, 1, 1), Int32Array.of(2, 2, 1)];
const judged = [Int32Array.of(0, 1), Int32Array.of(2, 0, 1, 1)];

test("are pooled over all symbols: the chain rule, one probability after the other", () => {
  const reached = nGramNats(train, judged, { orders: [1, 3], symbols: 4 });
  expect(reached.map(({ order }) => order)).toEqual([1, 3]);
  for (const { order, natsPerStep } of reached) {
    const model = KneserNey.fit(train, { order, symbols: 4 });
    let nats = 0;
    for (const ids of judged)
      ids.forEach((id, t) => {
        nats += Math.log(model.probabilities(ids.subarray(0, t))[id]!);
      });
    expect(natsPerStep).toBeCloseTo(nats / 6, 12);
  }
});

test("are of the order that tells validation best; without any, the last tenth of training", () => {
  // A text whose symbols depend on the one before alone: orders beyond 2 learn its training part by heart.
  const random = Random.stream(1, "symbols");
  let last = 0;
  const ids = Int32Array.from({ length: 400 }, () => {
    last = random.uniform() < 0.6 ? (last + 1) % 5 : random.integer(5);
    return last;
  });
  const options = { orders: [1, 2, 6], symbols: 5 };
  const texts = [ids.slice(0, 300)];
  const judged = [ids.slice(300)];
  const reached = (order: number, counted: typeof texts, on: typeof texts) =>
    nGramNats(counted, on, { ...options, orders: [order] })[0]!.natsPerStep;
  const alone = chosenNGrams({ train: texts, valid: [], judged }, options);
  const [first, tenth] = [[ids.slice(0, 270)], [ids.slice(270, 300)]];
  const best = [1, 2, 6].reduce((a, b) => (reached(b, first, tenth) > reached(a, first, tenth) ? b : a));
  expect(alone.order).toBe(best);
  expect(reached(6, texts, texts)).toBeGreaterThan(reached(best, texts, texts)); // what fit alone would choose
  expect(pooledNatsPerStep(alone.counted)).toBeCloseTo(reached(best, texts, judged), 12);
  const valid = [ids.slice(300, 350)];
  expect(chosenNGrams({ train: texts, valid, judged }, options).order).toBe(
    [1, 2, 6].reduce((a, b) => (reached(b, texts, valid) > reached(a, texts, valid) ? b : a)),
  );
});
