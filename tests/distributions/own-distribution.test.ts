import { expect, test } from "vitest";
import { type Column, finish, graph as g, lower } from "vrnn";
import { nodeRuntime } from "vrnn/node";
import "../built.ts";
import { gumbel } from "../../examples/17-own-distribution.ts";

const column: Column = {
  name: "peak",
  kind: "real",
  levels: [],
  resolution: 0,
  mean: 10,
  standardDeviation: 2,
  minimum: 0,
  maximum: 40,
  missing: 0,
  shares: [],
};

test("examples/17-own-distribution.ts: its density adds up to its CDF, and it begins at mean 0 and deviation 1", async () => {
  const emission = gumbel([column]);
  const raw = g.constant(emission.initialBias, [1, emission.width]);
  const [step, count] = [0.01, 4000];
  const data = Float32Array.from({ length: count }, (_, i) => -8 + (i + 0.5) * step);
  const x = g.input("x", [count, 1]);
  const outputs = finish([emission.logProbability(raw, x, g.equal(x, x)), emission.cdf!(raw, x)]);
  const program = lower({ nats: outputs[0]!, cdf: outputs[1]! });
  const executable = await nodeRuntime().compile(program);
  const results = await executable.run({ x: { dtype: "float32", shape: [count, 1], data } });
  const [nats, cdf] = ["nats", "cdf"].map((name) => Array.from(results[name]!.data, Number));
  const masses = nats!.map((each) => Math.exp(each) * column.standardDeviation * step);
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  expect(sum(masses)).toBeCloseTo(1, 4);
  expect(sum(masses.slice(0, 900))).toBeCloseTo(cdf![900]!, 2);
  expect(sum(masses.map((mass, i) => mass * data[i]!))).toBeCloseTo(0, 1);
  expect(sum(masses.map((mass, i) => mass * data[i]! ** 2))).toBeCloseTo(1, 1);
});
