import { describe, expect, test } from "vitest";
import type { Column } from "../../src/data/dataset.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, scalarValue, type TensorValue, type Values } from "../../src/runtime/runtime.ts";
import { gradientProgram, unrollProgram } from "../../src/train/programs.ts";
import { eachParameter } from "../../src/train/weights.ts";
import {
  type Fixture,
  type FixtureTensor,
  groupOf,
  readFixture,
  relativeError,
} from "../fixtures/fixture.ts";

const width = 5;
/** A real column whose scale has the fixture's floor of 1e-3. */
const resolution = 0.002;

const column = (kind: Column["kind"], mean: number): Column => ({
  name: "x",
  kind,
  levels: [],
  resolution: kind === "real" ? resolution : 0,
  mean,
  standardDeviation: 1,
  minimum: 0,
  maximum: 1,
  missing: 0,
  shares: [],
});

interface Case {
  readonly file: string;
  readonly cell: "gru" | "lstm";
  readonly kind: Column["kind"];
}

const cases: readonly Case[] = [
  { file: "gru-bernoulli", cell: "gru", kind: "binary" },
  { file: "gru-gaussian", cell: "gru", kind: "real" },
  { file: "lstm-bernoulli", cell: "lstm", kind: "binary" },
];

const value = ({ shape, data }: FixtureTensor): TensorValue => float32(shape, Float32Array.from(data));

function modelOf(fixture: Fixture, { cell, kind }: Case): Vrnn {
  const centres = (groupOf(fixture, "inputs")["center"] as FixtureTensor).data;
  const columns = centres.map((centre) => column(kind, kind === "binary" ? centre : 0));
  return new Vrnn({ columns, hidden: 6, latent: 4, cell, layers: 1, residual: true });
}

function packed(model: Vrnn, tensors: Record<string, FixtureTensor>): Float32Array {
  const flat = new Float32Array(countOf(model.parameters));
  for (const { parameter, values } of eachParameter(model.parameters, flat))
    values.set((tensors[parameter.name] as FixtureTensor).data);
  return flat;
}

/** Steps of which anything was observed. */
function observedSteps(fixture: Fixture): number {
  const { data } = groupOf(fixture, "inputs")["mask"] as FixtureTensor;
  return Array.from({ length: data.length / width }, (_, row) =>
    data.slice(row * width, (row + 1) * width),
  ).filter((row) => row.includes(1)).length;
}

/** The fixture's inputs by the names of a graph's. */
function feeds(fixture: Fixture, model: Vrnn): Record<string, TensorValue> {
  const { x, mask, eps, h0, c0 } = groupOf(fixture, "inputs") as Record<string, FixtureTensor>;
  return {
    parameters: float32([countOf(model.parameters)], packed(model, groupOf(fixture, "parameters"))),
    x: value(x as FixtureTensor),
    mask: value(mask as FixtureTensor),
    noise: value(eps as FixtureTensor),
    "state.h": value(h0 as FixtureTensor),
    ...(c0 && { "state.c": value(c0) }),
  };
}

async function gradientsOf(
  each: Case,
  change: (inputs: Record<string, TensorValue>) => void = () => undefined,
) {
  const fixture = readFixture(`vrnn/${each.file}`);
  const model = modelOf(fixture, each);
  const program = gradientProgram(model, plainElbo);
  const inputs = {
    ...feeds(fixture, model),
    klWeight: scalarValue(0.7),
    "count.observedSteps": scalarValue(observedSteps(fixture)),
  };
  change(inputs);
  const executable = await nodeRuntime().compile(program);
  return { fixture, model, results: await executable.run(inputs) };
}

const numbers = (results: Values, name: string): ArrayLike<number> =>
  (results[name] as TensorValue<"float32">).data;

describe.each(cases)("$file agrees with PyTorch", (each) => {
  /** The constant that turns the density of the Gaussian fixture into a mass, in nats per entry. */
  const offset = each.kind === "real" ? Math.log(resolution) : 0;

  test("log-likelihood and divergence of every step, and the last state", async () => {
    const fixture = readFixture(`vrnn/${each.file}`);
    const model = modelOf(fixture, each);
    const executable = await nodeRuntime().compile(unrollProgram(model, ["logLikelihood", "kl"]));
    const results = await executable.run(feeds(fixture, model));
    const { log_likelihood, kl, h } = groupOf(fixture, "outputs") as Record<string, FixtureTensor>;
    const mask = (groupOf(fixture, "inputs")["mask"] as FixtureTensor).data;
    const perStep = (name: string, size: number) => {
      const entries = numbers(results, name);
      return Array.from({ length: 21 }, (_, i) =>
        Array.from({ length: size }, (_, j) => Number(entries[i * size + j])).reduce((a, b) => a + b),
      );
    };
    const shift = Array.from(
      { length: 21 },
      (_, i) => offset * mask.slice(i * width, (i + 1) * width).reduce((a, b) => a + b),
    );
    const densities = perStep("logLikelihood", width).map((mass, i) => mass - (shift[i] as number));
    expect(relativeError(densities, (log_likelihood as FixtureTensor).data)).toBeLessThan(1e-5);
    expect(relativeError(perStep("kl", 4), (kl as FixtureTensor).data)).toBeLessThan(1e-5);
    expect(relativeError(numbers(results, "state.h.next"), (h as FixtureTensor).data)).toBeLessThan(1e-5);
  });

  test("loss and the gradient of every parameter", async () => {
    const { fixture, model, results } = await gradientsOf(each);
    const expected = groupOf(fixture, "gradients");
    const { loss } = groupOf(fixture, "outputs") as Record<string, FixtureTensor>;
    const gradient = (results["gradient"] as TensorValue<"float32">).data;
    for (const { parameter, values } of eachParameter(model.parameters, gradient)) {
      expect(
        relativeError(values, (expected[parameter.name] as FixtureTensor).data),
        parameter.name,
      ).toBeLessThan(2e-5);
    }
    if (offset === 0)
      expect(relativeError(numbers(results, "loss"), (loss as FixtureTensor).data)).toBeLessThan(1e-5);
  });

  test("a masked entry has no effect, be it NaN, 0 or 1e30", async () => {
    const results = await Promise.all(
      [Number.NaN, 0, 1e30].map((hidden) =>
        gradientsOf(each, (inputs) => {
          const { data } = inputs["x"] as TensorValue<"float32">;
          const mask = (inputs["mask"] as TensorValue<"float32">).data;
          data.set(data.map((x, i) => (mask[i] === 0 ? hidden : x)));
        }),
      ),
    );
    const [first, ...others] = results.map(({ results: all }) => all) as [Values, ...Values[]];
    for (const name of Object.keys(first)) {
      for (const other of others) expect(numbers(other, name), name).toEqual(numbers(first, name));
    }
    expect(numbers(first, "gradient")).toSatisfy((all: Float32Array) => all.every(Number.isFinite));
  });
});
