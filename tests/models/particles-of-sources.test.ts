/** Particles of a model that reads a source: what is known stands once a row, and is read as if it stood for each particle. */
import { describe, expect, test, vi } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { add, input, mul, neg, sum, type Tensor } from "../../src/graph/index.ts";
import { type ParticleOptions, particleInputs, unrollParticles } from "../../src/models/particle-unroll.ts";
import { statesAfter } from "../../src/models/state.ts";
import { sequenceInputs, type Unrolled, unroll } from "../../src/models/unroll.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { emptyFloat32, float32, type TensorValue, type Values } from "../../src/runtime/runtime.ts";
import { carriedStates, restingStates } from "../../src/train/feeds.ts";
import { compile } from "../../src/train/programs.ts";
import { initialWeights, unpackWeights } from "../../src/train/weights.ts";
import { attendingModel } from "./attending.ts";
import { normals } from "./tensors.ts";

vi.mock("vrnn", () => import("../../src/index.ts")); // the example imports what is built

const model = attendingModel();
const runtime = nodeRuntime();
const [T, B, N, S, Z] = [6, 2, 3, 4, 2];
/** Large ones, so that particles differ and weights are uneven. */
const weights = initialWeights(model.parameters, 2).map((weight) => 2 * weight);
const parameters = float32([weights.length], weights);

const int64 = (shape: readonly number[], values: readonly number[]): TensorValue => ({
  dtype: "int64",
  shape,
  data: BigInt64Array.from(values, BigInt),
});

/** `[steps, B]` as `[steps, B·N]`: each row as often as it has particles. */
const repeated = (values: readonly number[]): number[] =>
  values.flatMap((value) => Array<number>(N).fill(value));

const tokens = [4, 9, 5, 8, 7, 7, 8, 4, 9, 9, 6, 5]; // [T, B]
const mask = [1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 0]; // a gap in the first row, the second ends
const source = [4, 9, 5, 4, 6, 0, 7, 0]; // [S, B]
const lengths = [4, 2];
const noise = normals([T, B, N, Z], "noise");
const uniform = emptyFloat32([T, B, 1]);
Random.stream(7, "resampling").fillUniform(uniform.data);

const particleFeeds: Values = {
  parameters,
  x: int64([T, B], tokens),
  mask: float32([T, B], Float32Array.from(mask)),
  source: int64([S, B], source),
  lengths: int64([B], lengths),
  noise,
};
const byHand: Values = {
  parameters,
  x: int64([T, B * N], repeated(tokens)),
  mask: float32([T, B * N], Float32Array.from(repeated(mask))),
  source: int64([S, B * N], repeated(source)),
  lengths: int64([B * N], repeated(lengths)),
  noise: float32([T, B * N, Z], noise.data),
};

const weightsIn = () => {
  const all = input("parameters", [countOf(model.parameters)]);
  return { all, weights: unpackWeights(model.parameters, all).weights };
};

function particleProgram(options: ParticleOptions) {
  const { all, weights } = weightsIn();
  const told = unrollParticles(model, weights, particleInputs(model, options), options);
  const [gradient] = gradients(neg(sum(told.bound)), [all]);
  const { bound, effectiveSize, logLikelihood, logPriorRatio, latent } = told;
  return compile({
    bound,
    effectiveSize,
    logLikelihood,
    logPriorRatio,
    latent,
    gradient: gradient!,
    ...statesAfter(told.state),
  });
}

/** log p(x | z) + log p(z) − log q(z) of each step, `[T, B·N]`. */
const increments = ({ logLikelihood, logPriorRatio }: Unrolled): Tensor =>
  add(sum(logLikelihood, [-1]), sum(logPriorRatio, [-1]));

/**
 * Rows of which each is a particle, `[T, B·N, ·]`, and the gradient of −Σ log (1/N) Σ w over rows, which is that of
 * −Σ W log w with the shares W, an input, held.
 */
function rowsProgram() {
  const { all, weights } = weightsIn();
  const told = unroll(model, weights, sequenceInputs(model));
  const { logLikelihood, logPriorRatio, latent, state } = told;
  const increment = increments(told);
  const loss = neg(sum(mul(input("shares", ["B"]), sum(increment, [0]))));
  const [gradient] = gradients(loss, [all]);
  return compile({
    increment,
    logLikelihood,
    logPriorRatio,
    latent,
    gradient: gradient!,
    ...statesAfter(state),
  });
}

async function run(program: ReturnType<typeof compile>, feeds: Values): Promise<Values> {
  const executable = await runtime.compile(program);
  try {
    return await executable.run(feeds);
  } finally {
    await executable.dispose();
  }
}

const numbers = (results: Values, name: string): number[] => [...(results[name]!.data as Float32Array)];

function expectClose(values: readonly number[], expected: readonly number[]): void {
  expect(values).toHaveLength(expected.length);
  const worst = expected.map((each, i) => Math.abs(values[i]! - each) / (1 + Math.abs(each)));
  expect(Math.max(...worst)).toBeLessThan(2e-5);
}

test("without resampling they are rows repeated by hand: terms, states, bound and gradient", async () => {
  const iwae = { particles: N };
  const particles = await run(particleProgram(iwae), { ...particleFeeds, ...restingStates(model, B, iwae) });
  const hand = (shares: readonly number[]) =>
    run(rowsProgram(), {
      ...byHand,
      shares: float32([B * N], Float32Array.from(shares)),
      ...restingStates(model, B * N),
    });
  const increment = numbers(await hand(Array<number>(B * N).fill(0)), "increment"); // [T, B·N]
  const logWeights = [...Array(B * N).keys()].map((row) =>
    increment.reduce((all, nats, i) => (i % (B * N) === row ? all + nats : all), 0),
  );
  const totals = [0, 1].map((b) =>
    Math.log(logWeights.slice(b * N, (b + 1) * N).reduce((all, each) => all + Math.exp(each), 0)),
  );
  const rows = await hand(logWeights.map((each, i) => Math.exp(each - totals[Math.floor(i / N)]!)));
  for (const part of ["logLikelihood", "logPriorRatio", "latent", "state.h.next"])
    expectClose(numbers(particles, part), numbers(rows, part));
  const gradient = numbers(rows, "gradient");
  const length = Math.hypot(...gradient);
  const relative = (values: readonly number[]) => values.map((each) => each / length);
  expectClose(relative(numbers(particles, "gradient")), relative(gradient));
  const bounds = numbers(particles, "bound"); // [T, B], log-weights relative to their mean are carried
  expectClose(
    [0, 1].map((b) => bounds.reduce((all, nats, i) => (i % B === b ? all + nats : all), 0)),
    totals.map((total) => total - Math.log(N)),
  );
  const [first, second] = [0, Z].map((at) => numbers(rows, "latent")[(T - 1) * B * N * Z + at]!);
  expect(first).not.toBeCloseTo(second!, 3); // particles differ
});

describe("with resampling", () => {
  const fivo = { particles: N, resampling: "systematic" } as const;

  test("they are rows that are weighed and chosen anew by hand after each step", async () => {
    const particles = await run(particleProgram(fivo), {
      ...particleFeeds,
      resampling: uniform,
      ...restingStates(model, B, fivo),
    });
    const { bounds, sizes, states, chosen } = await filteredByHand();
    expectClose(numbers(particles, "bound"), bounds);
    expectClose(numbers(particles, "effectiveSize"), sizes);
    expectClose(numbers(particles, "state.h.next"), numbers(states, "state.h"));
    expect(chosen).toBeGreaterThan(1);
    expect(chosen).toBeLessThan(T * B);
  });
});

/** Algorithm 1 of Maddison et al. (2017) over rows, a step at a time. */
async function filteredByHand() {
  const executable = await runtime.compile(rowsProgram());
  let states: Values = restingStates(model, B * N);
  const shares = emptyFloat32([B * N]);
  let logWeights: number[] = Array<number>(B * N).fill(0);
  const [bounds, sizes]: [number[], number[]] = [[], []];
  let chosen = 0;
  for (let t = 0; t < T; t++) {
    const results = await executable.run({ ...stepOf(byHand, t), ...states, shares });
    const after = carriedStates(results);
    const ancestors = [...Array(B * N).keys()];
    logWeights = numbers(results, "increment").map((nats, i) => nats + logWeights[i]!);
    for (let b = 0; b < B; b++) {
      const own = logWeights.slice(b * N, (b + 1) * N);
      const total = Math.log(own.reduce((all, each) => all + Math.exp(each), 0));
      const shares = own.map((each) => Math.exp(each - total));
      const size = 1 / shares.reduce((all, share) => all + share ** 2, 0);
      bounds.push(total - Math.log(N));
      sizes.push(size);
      const isUneven = size < N / 2;
      if (isUneven) chosen += 1;
      for (let n = 0; n < N; n++) {
        const position = (n + uniform.data[t * B + b]!) / N;
        let ancestor = 0;
        for (let end = shares[0]!; end <= position && ancestor < N - 1; end += shares[ancestor]!)
          ancestor += 1;
        if (isUneven) ancestors[b * N + n] = b * N + ancestor;
        logWeights[b * N + n] = isUneven ? 0 : own[n]! - (total - Math.log(N));
      }
    }
    states = Object.fromEntries(
      Object.entries(after).map(([part, value]) => [
        part,
        rowsOf(value as TensorValue<"float32">, ancestors),
      ]),
    );
  }
  await executable.dispose();
  return { bounds, sizes, states, chosen };
}

/** Some rows of `[rows, ...]`. */
function rowsOf({ shape, data }: TensorValue<"float32">, rows: readonly number[]): TensorValue {
  const size = data.length / shape[0]!;
  return float32(
    shape,
    Float32Array.from(rows.flatMap((row) => [...data.subarray(row * size, (row + 1) * size)])),
  );
}

/** One step of what has time first. */
const stepOf = (feeds: Values, t: number): Values =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, value]) => {
      if (!["x", "mask", "noise"].includes(name)) return [name, value];
      const { shape, data, dtype } = value;
      const size = data.length / shape[0]!;
      return [
        name,
        { dtype, shape: [1, ...shape.slice(1)], data: data.slice(t * size, (t + 1) * size) } as TensorValue,
      ];
    }),
  );
