import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Sequence } from "../../src/data/dataset.ts";
import { gridOf } from "../../src/distributions/gaussian.ts";
import { randomWalk } from "../../src/distributions/random-walk.ts";
import { constant, greater, input, type Tensor } from "../../src/graph/index.ts";
import { ParticleFilter } from "../../src/inference/particle-filter.ts";
import { sampleSequences } from "../../src/inference/sample.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { Stream } from "../../src/inference/stream.ts";
import { generate, generationInputs } from "../../src/models/generate.ts";
import { lastShapes, recalled, seenLast } from "../../src/models/last.ts";
import { stateShapes, statesAfter } from "../../src/models/state.ts";
import { sequenceInputs, unroll } from "../../src/models/unroll.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { eachStateNames } from "../../src/names.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { emptyFloat32, float32, scalarValue, type Values } from "../../src/runtime/runtime.ts";
import { carriedStates, restingStates } from "../../src/train/feeds.ts";
import { compile } from "../../src/train/programs.ts";
import { eachParameter, unpackWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";
import { numbers } from "./conformance.ts";

async function computed(
  outputs: Readonly<Record<string, Tensor>>,
  given: Readonly<Record<string, number[]>>,
) {
  const executable = await nodeRuntime().compile(compile(outputs));
  const inputs: Values = Object.fromEntries(
    Object.entries(given).map(([name, values]) => [
      name,
      float32([1, values.length], Float32Array.from(values)),
    ]),
  );
  const results = await executable.run(inputs);
  await executable.dispose();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, [...data].map(Number)]));
}

const D = 3;
const each = (name: string) => input(name, [1, D]);
const unitsOf = (name: string) => ({
  shift: each(`${name}.shift`),
  scale: each(`${name}.scale`),
  cell: each(`${name}.cell`),
});

test("what was seen last is recalled in the units of the step that recalls it", async () => {
  const state = Object.fromEntries(
    Object.keys(lastShapes(D, { units: true, age: false })).map((part) => [part, each(part)]),
  );
  const present = greater(each("mask"), 0);
  const after = seenLast(state, { value: each("x"), units: unitsOf("then") }, present);
  const given = {
    x: [1.5, -2, 9],
    mask: [1, 1, 0],
    "then.shift": [10, 1e6, 5],
    "then.scale": [2, 4, 3],
    "now.shift": [13, 1e6, 5],
    "now.scale": [0.5, 4, 3],
    last: [7, 7, 0.25],
    "last.shift": [1, 1, 2],
    "last.scale": [1, 1, 8],
  };
  const { now } = await computed({ now: recalled(after, { units: unitsOf("now") })!.value }, given);
  const seen = [1.5 * 2 + 10, -2 * 4 + 1e6, 0.25 * 8 + 2]; // in the units of the data; the third one earlier
  now!.forEach((value, d) => {
    expect(value).toBeCloseTo((seen[d]! - given["now.shift"][d]!) / given["now.scale"][d]!, 5);
  });
  expect(now![1]).toBe(-2); // the same units as then: not a digit is lost
});

test("before anything was seen it is the average, whatever the units", async () => {
  const state = Object.fromEntries(
    Object.keys(lastShapes(D, { units: true, age: false })).map((part) => [part, each(part)]),
  );
  const zeros = [0, 0, 0];
  const { now } = await computed(
    { now: recalled(state, { units: unitsOf("now") })!.value },
    {
      last: zeros,
      "last.shift": zeros,
      "last.scale": zeros,
      "now.shift": [5, -3, 1e6],
      "now.scale": [1, 2, 3],
    },
  );
  expect(now).toEqual([0, 0, 0]);
});

test("without units of their own nothing is kept but the values", () => {
  const last = each("last");
  expect(lastShapes(D, { units: false, age: false })).toEqual({ last: [D] });
  expect(recalled({ last })?.value).toBe(last);
  expect(seenLast({ last }, { value: each("x"), units: undefined })).toEqual({ last: expect.anything() });
  expect(recalled({})).toBeUndefined();
  expect(seenLast({}, { value: last, units: undefined })).toEqual({});
});

/** A recurrent network whose columns wander, with the same drifts and steps whatever came before. */
const columns = [plainColumn("a"), plainColumn("b")];
const walker = new Vrnn({ columns, hidden: 2, latent: 0, emission: ["random-walk"] });
const [drifts, steps] = [
  [0.4, -0.1],
  [0.7, 1.3],
] as const;
const weights = (() => {
  const flat = new Float32Array(countOf(walker.parameters));
  const { floors } = gridOf(columns);
  const rawScales = steps.map((step, d) => Math.log(Math.expm1(step - floors[d]!)));
  for (const { parameter, values } of eachParameter(walker.parameters, flat))
    if (parameter.name === "emission.bias") values.set([...drifts, ...rawScales]);
  return flat;
})();
const runtime = nodeRuntime();
const settings = { runtime, model: walker, weights, columns, seed: 1 };
const [T, B, W] = [7, 2, 2];

/** Which entries of `[T, B, D]` were seen. */
const masks = fc.array(fc.constantFrom(0, 1), { minLength: T * B * W, maxLength: T * B * W });

/** The ages before step t of a row, step by step: 0 where nothing was seen yet. */
const agesBefore = (mask: readonly number[], t: number, b: number): number[] =>
  Array.from({ length: W }, (_, d) => {
    for (let age = 1; age <= t; age++) if (mask[((t - age) * B + b) * W + d] === 1) return age;
    return 0;
  });

const expectedAges = (mask: readonly number[], t: number): number[] =>
  Array.from({ length: B }, (_, b) => agesBefore(mask, t, b)).flat();

describe("the age of what was seen last", () => {
  const parameters = float32([weights.length], weights);
  const program = () => {
    const { weights: weight } = unpackWeights(walker.parameters, input("parameters", [weights.length]));
    const { states, state } = unroll(walker, weight, sequenceInputs(walker));
    return compile({ ...eachStateNames.give({ age: states["last.age"]! }), ...statesAfter(state) });
  };
  const values = Random.stream(3, "x");
  const x = Float32Array.from({ length: T * B * W }, () => values.normal());
  const windowOf = (mask: readonly number[], from: number, to: number): Values => ({
    parameters,
    x: float32([to - from, B, W], x.slice(from * B * W, to * B * W)),
    mask: float32([to - from, B, W], Float32Array.from(mask.slice(from * B * W, to * B * W))),
    noise: emptyFloat32([to - from, B, 0]),
  });

  test("is that of a plain loop, in whole sequences and in windows that carry it over", async () => {
    const executable = await runtime.compile(program());
    await fc.assert(
      fc.asyncProperty(masks, fc.integer({ min: 1, max: T - 1 }), async (mask, cut) => {
        const whole = await executable.run({ ...windowOf(mask, 0, T), ...restingStates(walker, B) });
        for (let t = 1; t <= T; t++)
          expect(numbers(whole, "states.age").slice((t - 1) * B * W, t * B * W)).toEqual(
            expectedAges(mask, t),
          );
        const first = await executable.run({ ...windowOf(mask, 0, cut), ...restingStates(walker, B) });
        expect(numbers(first, "state.last.age.next")).toEqual(expectedAges(mask, cut));
        const second = await executable.run({ ...windowOf(mask, cut, T), ...carriedStates(first) });
        expect(second["state.last.age.next"]).toEqual(whole["state.last.age.next"]);
      }),
      { numRuns: 40 },
    );
    await executable.dispose();
  });

  test("goes with a stream, and with one that goes on from its state", async () => {
    await fc.assert(
      fc.asyncProperty(masks, fc.integer({ min: 1, max: T - 1 }), async (mask, cut) => {
        let stream = await Stream.open({ ...settings, forecast: "none" });
        for (let t = 0; t < T; t++) {
          const at = t * B * W; // of the first row
          await stream.step([0, 1].map((d) => (mask[at + d] === 1 ? x[at + d]! : Number.NaN)));
          expect(stream.state.parts["last.age"]).toEqual(agesBefore(mask, t + 1, 0));
          if (t + 1 !== cut) continue;
          const { state } = stream;
          await stream.close();
          stream = await Stream.open({ ...settings, forecast: "none", state });
        }
        await stream.close();
      }),
      { numRuns: 5 },
    );
  });

  test("is one step of what a model makes up itself, and of what particles put into gaps", async () => {
    const { weights: weight } = unpackWeights(walker.parameters, input("parameters", [weights.length]));
    const { x: made, state } = generate(walker, weight, generationInputs(walker));
    const executable = await runtime.compile(compile({ made, ...statesAfter(state) }));
    const results = await executable.run({
      parameters,
      temperature: scalarValue(1),
      noise: emptyFloat32([3, B, 0]),
      uniform: emptyFloat32([3, B, 0]),
      normal: emptyFloat32([3, B, W]),
      ...restingStates(walker, B),
    });
    await executable.dispose();
    expect(numbers(results, "state.last.age.next")).toEqual([1, 1, 1, 1]);
    const filter = await ParticleFilter.create({ ...settings, particles: 3 }, { parts: [], window: 4 });
    const after = await filter.filter(sequenceOf([1, Number.NaN, Number.NaN, Number.NaN]));
    await filter.dispose();
    expect(numbers(after, "state.last.age")).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test("is kept for who reads it alone, and told to nobody else", () => {
    expect(stateShapes(walker)).toEqual({ h: [2], last: [2], "last.age": [2] });
    const persistent = new Vrnn({ columns, hidden: 2, latent: 0, emission: ["persistent"] });
    expect(stateShapes(persistent)).toEqual({ h: [2], last: [2] });
    const unsaid = randomWalk(columns);
    const output = constant(unsaid.initialBias, [1, unsaid.width]);
    expect(() => unsaid.recall!(output, recalled({ last: constant([0, 0], [1, 2]) })!)).toThrow(
      expect.objectContaining({ code: "model/part" }),
    );
  });
});

const sequenceOf = (entries: readonly number[], name = "one"): Sequence => ({
  name,
  length: entries.length / W,
  values: Float64Array.from(entries),
});

const logDensity = (value: number, mean: number, scale: number): number =>
  -0.5 * ((value - mean) / scale) ** 2 - Math.log(scale) - 0.5 * Math.log(2 * Math.PI);

describe("columns that wander, seen now and then", () => {
  test("are as likely as their jumps: n steps on, the drift n times and the variance n times", async () => {
    await fc.assert(
      fc.asyncProperty(masks, async (mask) => {
        const random = Random.stream(7, "walk");
        const values = mask.map((seen) => (seen === 1 ? 2 * random.normal() : Number.NaN)).slice(0, T * W);
        const [scores] = await scoreSequences({ ...settings, sequences: [sequenceOf(values)] });
        const last: { value: number; step: number }[] = [];
        values.forEach((value, i) => {
          const [t, d] = [Math.floor(i / W), i % W];
          if (Number.isNaN(value)) {
            expect(scores!.logLikelihood[i]).toBe(0);
            return;
          }
          const before = last[d];
          const n = before === undefined ? 1 : t - before.step;
          const mean = (before?.value ?? 0) + n * drifts[d]!;
          const nats = logDensity(value, mean, steps[d]! * Math.sqrt(n));
          expect(Math.abs(scores!.logLikelihood[i]! - nats) / (1 + Math.abs(nats))).toBeLessThan(1e-5);
          last[d] = { value, step: t };
        });
      }),
      { numRuns: 10 },
    );
  });

  test("a step that was not seen is as good as integrated out", async () => {
    const width = 0.02;
    const between = Array.from({ length: 1200 }, (_, i) => (i - 600 + 0.5) * width);
    const sequences = [Number.NaN, ...between].map((middle, i) =>
      sequenceOf([0.3, 0, middle, 0, -0.8, 0], `${i}`),
    );
    const scores = await scoreSequences({ ...settings, sequences, batchSize: 128 });
    const nats = scores.map(({ logLikelihood }) => logLikelihood[2]! + logLikelihood[4]!); // of column a
    const all = nats.slice(1).reduce((sum, each) => sum + Math.exp(each) * width, 0);
    expect(Math.abs(Math.log(all) - nats[0]!)).toBeLessThan(1e-5);
  });

  test("wander when they are made up", async () => {
    const samples = await sampleSequences({ ...settings, count: 2000, steps: 9 });
    const last = samples.map(({ values }) => values[8 * W]!);
    const mean = last.reduce((sum, each) => sum + each, 0) / last.length;
    const variance = last.reduce((sum, each) => sum + (each - mean) ** 2, 0) / last.length;
    const expected = 9 * steps[0] ** 2;
    expect(Math.abs(mean - 9 * drifts[0])).toBeLessThan(4 * Math.sqrt(expected / 2000));
    expect(Math.abs(variance - expected)).toBeLessThan(4 * expected * Math.sqrt(2 / 2000));
  });
});
