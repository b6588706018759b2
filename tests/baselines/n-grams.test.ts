import { expect, test } from "vitest";
import { KneserNey } from "../../src/baselines/kneser-ney.ts";
import { nGramNats } from "../../src/baselines/n-grams.ts";

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
