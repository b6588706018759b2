import { describe, expect, test } from "vitest";
import type { Column } from "../../src/data/dataset.ts";
import { emissionOf } from "../../src/distributions/mixed.ts";
import { mixture } from "../../src/distributions/mixture.ts";
import { persistent } from "../../src/distributions/persistent.ts";
import { constant, equal, slice, type Tensor } from "../../src/graph/index.ts";
import { stateShapes } from "../../src/models/state.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { runGraph } from "../fixtures/run-graph.ts";

const column = (kind: Column["kind"], name: string): Column => ({
  name,
  kind,
  levels: [],
  resolution: 0,
  mean: 0,
  standardDeviation: 1,
  minimum: 0,
  maximum: 1,
  missing: 0,
  shares: [],
});

/** Its age is read by no mixture. */
const lastSeen = (value: Tensor) => ({ value, age: value });

const components = 3;
const columns = [column("real", "a"), column("real", "b")];
const size = components * columns.length;
const family = persistent(components)(columns);
const plain = mixture(components)(columns);

const numbers = Array.from({ length: 3 * size }, (_, i) => Math.sin(3 * i));
const last = [0.6, -1.4];
const x = [0.2, -0.9];

/** Log-likelihoods and means with every gate at the same number. */
function gated(gate: number) {
  const output = [...numbers, ...Array<number>(size).fill(gate)];
  const tensors = {
    output: { shape: [1, 4 * size], data: output },
    last: { shape: [1, 2], data: last },
    x: { shape: [1, 2], data: x },
  };
  const build = ({ output: given, last: seen, x: value }: Record<string, Tensor>) => {
    const raw = family.recall!(given as Tensor, lastSeen(seen as Tensor));
    return {
      nats: family.logProbability(raw, value as Tensor, equal(value as Tensor, value as Tensor)),
      mean: family.mean(raw),
      means: slice(raw, 1, size, 2 * size),
    };
  };
  return runGraph(tensors, build, "float32");
}

describe("gates", () => {
  test("shut, it is the mixture that it is made of", async () => {
    const tensors = { raw: { shape: [1, 3 * size], data: numbers }, x: { shape: [1, 2], data: x } };
    const build = ({ raw, x: value }: Record<string, Tensor>) => ({
      nats: plain.logProbability(raw as Tensor, value as Tensor, equal(value as Tensor, value as Tensor)),
      mean: plain.mean(raw as Tensor),
    });
    const expected = await runGraph(tensors, build, "float32");
    const { nats, mean } = await gated(-60);
    for (const i of [0, 1]) {
      expect(nats![i]).toBeCloseTo(expected["nats"]![i]!, 5);
      expect(mean![i]).toBeCloseTo(expected["mean"]![i]!, 5);
    }
  });

  test("open, every component sits on the value seen last, so the expected value is that one", async () => {
    const { mean, means } = await gated(60);
    expect(Array.from(means!, (value) => Number(value.toFixed(5)))).toEqual([
      0.6, 0.6, 0.6, -1.4, -1.4, -1.4,
    ]);
    expect(mean![0]).toBeCloseTo(0.6, 5);
    expect(mean![1]).toBeCloseTo(-1.4, 5);
  });

  test("half open, half way", async () => {
    const { means } = await gated(0);
    const expected = numbers
      .slice(size, 2 * size)
      .map((own, i) => (own + last[Math.floor(i / components)]!) / 2);
    for (const [i, value] of expected.entries()) expect(means![i]).toBeCloseTo(value, 5);
  });
});

test("beside other kinds, each real column leans on its own last value", async () => {
  const mixed = [column("real", "a"), column("binary", "flag"), column("real", "b")];
  const emission = emissionOf(mixed, ["persistent"]);
  const gates = constant(
    Array.from({ length: emission.width }, () => 60),
    [1, emission.width],
  );
  const tensors = { last: { shape: [1, 3], data: [0.6, 1, -1.4] } };
  const { mean } = await runGraph(
    tensors,
    ({ last: seen }) => ({ mean: emission.mean(emission.recall!(gates, lastSeen(seen as Tensor))) }),
    "float32",
  );
  expect(mean![0]).toBeCloseTo(0.6, 5);
  expect(mean![1]).toBeCloseTo(1, 5);
  expect(mean![2]).toBeCloseTo(-1.4, 5);
});

test("a model carries the last values in its state only where the emission leans on them", () => {
  const options = { columns, hidden: 4, latent: 2, cell: "gru", layers: 1, residual: true } as const;
  expect(stateShapes(new Vrnn({ ...options, emission: ["persistent"] }))).toEqual({ h: [4], last: [2] });
  expect(stateShapes(new Vrnn(options))).toEqual({ h: [4] });
});
