import { expect, test } from "vitest";
import { input } from "../../src/graph/index.ts";
import { plainNet } from "../../src/nn/net.ts";
import { smoothedCrossEntropy } from "../../src/objectives/cross-entropy.ts";
import { elbo } from "../../src/objectives/elbo.ts";
import type { Objective, Trace } from "../../src/objectives/objective.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue, type Values } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";

const net = plainNet(() => {
  throw new Error("no weights");
});

/** The sums that an objective makes of a trace, and what it is fed. */
async function sumsOf(objective: Objective, trace: Partial<Trace>, fed: Values) {
  const { loss, figures } = objective.terms({ net, inputs: {}, ...trace } as Trace, {
    scalar: (name) => input(name, []),
    running: (name) => input(name, [1]),
  });
  const executable = await nodeRuntime().compile(compile({ loss: loss[0]!.sum, ...figures }));
  const results = await executable.run(fed);
  await executable.dispose();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Number(data[0])]));
}

/** log softmax of numbers. */
const logShares = (logits: readonly number[]) => {
  const total = Math.log(logits.reduce((sum, each) => sum + Math.exp(each), 0));
  return logits.map((each) => each - total);
};
const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

const [T, B, V] = [3, 2, 4];
const logits = Array.from({ length: T * B * V }, (_, i) => Math.sin(7 * i));
const rowOf = (i: number) => logShares(logits.slice(i * V, (i + 1) * V));
const tokens = [1, 3, 0, 2, 2, 1];
const mask = [1, 1, 1, 1, 1, 0];

test("a share of each observed token is spread over all, and figures know nothing of it", async () => {
  const told = tokens.map((token, i) => (mask[i] === 1 ? rowOf(i)[token]! : 0));
  const trace = {
    unrolled: {
      logLikelihood: input("nats", ["T", "B", 1]),
      kl: input("divergence", ["T", "B", 1]),
      emissionParameters: input("logits", ["T", "B", V]),
    } as Trace["unrolled"],
    mask: input("mask", ["T", "B", 1]),
  };
  const fed = {
    nats: float32([T, B, 1], Float32Array.from(told)),
    divergence: float32([T, B, 1], new Float32Array(T * B).fill(0.25)),
    logits: float32([T, B, V], Float32Array.from(logits)),
    mask: float32([T, B, 1], Float32Array.from(mask)),
    klWeight: float32([], Float32Array.of(0.5)),
  };
  const sum = told.reduce((all, each) => all + each, 0);
  const spread = mask.reduce((all, seen, i) => all + seen * mean(rowOf(i)), 0);
  for (const labelSmoothing of [0, 0.1, 0.4]) {
    const objective = elbo({ klWarmupSteps: 0, freeBits: 0, labelSmoothing });
    const { loss, logLikelihood } = await sumsOf(objective, trace, fed);
    expect(loss).toBeCloseTo(-(1 - labelSmoothing) * sum - labelSmoothing * spread + 0.5 * 0.25 * T * B, 4);
    expect(logLikelihood).toBeCloseTo(sum, 5);
  }
});

test("a share of each known label is spread over all", async () => {
  const trace = {
    logits: input("logits", ["B", V]),
    inputs: { "label.level": input("level", ["B"], "int64"), "label.mask": input("known", ["B"]) },
  };
  const level = [2, 0, 1];
  const known = [1, 1, 0];
  const fed: Values = {
    logits: float32([3, V], Float32Array.from(logits.slice(0, 3 * V))),
    level: { dtype: "int64", shape: [3], data: BigInt64Array.from(level, BigInt) } as TensorValue,
    known: float32([3], Float32Array.from(known)),
  };
  const names = Object.keys(
    smoothedCrossEntropy(0).inputs!({ readout: { field: "y", over: "sequence" } } as never),
  );
  const inputs = { [names[0]!]: trace.inputs["label.level"], [names[1]!]: trace.inputs["label.mask"] };
  const nats = known.reduce((all, seen, i) => all - seen * rowOf(i)[level[i]!]!, 0);
  const spread = known.reduce((all, seen, i) => all - seen * mean(rowOf(i)), 0);
  for (const smoothing of [0, 0.2]) {
    const { loss, crossEntropy } = await sumsOf(smoothedCrossEntropy(smoothing), { ...trace, inputs }, fed);
    expect(loss).toBeCloseTo((1 - smoothing) * nats + smoothing * spread, 5);
    expect(crossEntropy).toBeCloseTo(nats, 5);
  }
});
