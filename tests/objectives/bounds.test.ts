/** Bounds on the likelihood of a linear Gaussian model, against the Kalman filter. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import type { Dataset, Sequence } from "../../src/data/dataset.ts";
import { input, sum } from "../../src/graph/index.ts";
import type { Model } from "../../src/models/model.ts";
import {
  type ParticleOptions,
  particleInputs,
  particleStateShapes,
  type Resampler,
  unrollParticles,
} from "../../src/models/particle-unroll.ts";
import { statesAfter } from "../../src/models/state.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { emptyFloat32, float32, type TensorValue, type Values } from "../../src/runtime/runtime.ts";
import { carriedStates } from "../../src/train/feeds.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { compile, unrollProgram } from "../../src/train/programs.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { plainColumn } from "../data/temporary.ts";
import { meanOf, varianceOf } from "../inference/linear.ts";
import { drawFrom, kalmanLogLikelihood, type StateSpace, stateSpaceModel } from "./kalman.ts";
import { levelLogLikelihood, levelModel } from "./level.ts";
import "../slow.ts";

const process: StateSpace = { a: 0.9, q: 0.5, r: 0.4 };
const model = stateSpaceModel(process);
const runtime = nodeRuntime();
const parameters = float32([1], Float32Array.of(process.a));

/** The bound of each step by particles, as a program: `bound`, `effectiveSize` `[T, B]`, states. */
function particleProgram(options: ParticleOptions, of: Model = model) {
  const a = input("parameters", [1]);
  const inputs = particleInputs(of, options);
  const { bound, effectiveSize, state } = unrollParticles(of, () => a, inputs, options);
  return { a, inputs, bound, program: compile({ bound, effectiveSize, ...statesAfter(state) }) };
}

/** The same sequence in each row, and random numbers of their own. */
function feedsOf(x: readonly number[], rows: number, { particles, resampling }: ParticleOptions): Values {
  const steps = x.length;
  const repeated = Float32Array.from({ length: steps * rows }, (_, i) => x[Math.floor(i / rows)]!);
  const noise = emptyFloat32([steps, rows, particles, 1]);
  Random.stream(7, "noise").fillNormal(noise.data);
  const uniform = emptyFloat32([steps, rows, resampling === "multinomial" ? particles : 1]);
  Random.stream(7, "resampling").fillUniform(uniform.data);
  return {
    parameters,
    x: float32(
      [steps, rows, 1],
      repeated.map((value) => (Number.isNaN(value) ? 0 : value)),
    ),
    mask: float32(
      [steps, rows, 1],
      repeated.map((value) => (Number.isNaN(value) ? 0 : 1)),
    ),
    noise,
    ...(resampling && { resampling: uniform }),
  };
}

const restOf = (options: ParticleOptions, rows: number, of: Model = model): Values =>
  Object.fromEntries(
    Object.entries(particleStateShapes(of, options)).map(([part, shape]) => [
      `state.${part}`,
      emptyFloat32([rows, ...shape]),
    ]),
  );

const numbers = (value: TensorValue | undefined): number[] => [...(value as TensorValue<"float32">).data];

async function runOnce(program: ReturnType<typeof compile>, feeds: Values): Promise<Values> {
  const executable = await runtime.compile(program);
  try {
    return await executable.run(feeds);
  } finally {
    await executable.dispose();
  }
}

/** Sums over the steps of `[T, B]`. */
function overSteps(values: readonly number[], rows: number): number[] {
  const sums = Array<number>(rows).fill(0);
  values.forEach((value, i) => {
    sums[i % rows]! += value;
  });
  return sums;
}

const x = drawFrom(process, 30, 5).map((value, t) => (t === 11 ? Number.NaN : value));
const exact = kalmanLogLikelihood(process, x);
const rows = 1500;

interface Estimate {
  readonly mean: number;
  readonly error: number;
}

const estimateOf = (values: readonly number[]): Estimate => ({
  mean: meanOf(values),
  error: Math.sqrt(varianceOf(values) / values.length),
});

async function byParticles(options: ParticleOptions): Promise<Estimate> {
  const results = await runOnce(particleProgram(options).program, {
    ...feedsOf(x, rows, options),
    ...restOf(options, rows),
  });
  return estimateOf(overSteps(numbers(results["bound"]), rows));
}

async function byElbo(): Promise<Estimate> {
  const { noise, ...feeds } = feedsOf(x, rows, { particles: 1 });
  const results = await runOnce(unrollProgram(model, ["logLikelihood", "kl"]), {
    ...feeds,
    noise: float32([x.length, rows, 1], (noise as TensorValue<"float32">).data),
    "state.z": emptyFloat32([rows, 1]),
  });
  const kl = numbers(results["kl"]);
  const nats = numbers(results["logLikelihood"]).map((value, i) => value - kl[i]!);
  return estimateOf(overSteps(nats, rows));
}

/** Whether the second is larger by three standard errors. */
const isBelow = (a: Estimate, b: Estimate): boolean => b.mean - a.mean > 3 * Math.hypot(a.error, b.error);

describe("ELBO < IWAE < FIVO < the exact likelihood, by three standard errors", () => {
  const bounds = {
    elbo: byElbo(),
    iwae4: byParticles({ particles: 4 }),
    fivo4: byParticles({ particles: 4, resampling: "systematic" }),
    multinomial4: byParticles({ particles: 4, resampling: "multinomial" }),
    iwae32: byParticles({ particles: 32 }),
    fivo32: byParticles({ particles: 32, resampling: "systematic" }),
  };
  const truth: Estimate = { mean: exact, error: 0 };

  test.each([
    ["elbo", "iwae4"],
    ["iwae4", "fivo4"],
    ["iwae4", "multinomial4"],
    ["iwae4", "iwae32"],
    ["fivo4", "fivo32"],
    ["iwae32", "fivo32"],
  ] as const)("%s < %s", async (lower, upper) => {
    expect(isBelow(await bounds[lower], await bounds[upper])).toBe(true);
  });

  test.each(["iwae4", "fivo4", "multinomial4", "iwae32", "fivo32"] as const)("%s < exact", async (bound) => {
    expect(isBelow(await bounds[bound], truth)).toBe(true);
  });

  test("eight times the particles close most of the gap", async () => {
    const gap = async (bound: keyof typeof bounds) => exact - (await bounds[bound]).mean;
    expect(await gap("fivo32")).toBeLessThan(0.25 * (await gap("fivo4")));
  });
});

test("one particle is the evidence lower bound with a sampled divergence", async () => {
  const [sampled, closed] = [await byParticles({ particles: 1 }), await byElbo()];
  expect(Math.abs(sampled.mean - closed.mean)).toBeLessThan(4 * Math.hypot(sampled.error, closed.error));
});

describe.each<Resampler>(["systematic", "multinomial"])("%s resampling", (resampling) => {
  const options = { particles: 4, resampling };

  test("is unbiased: the mean of exp(bound) is the likelihood, within four standard errors", async () => {
    const [short, many] = [x.slice(0, 6), 20_000];
    const results = await runOnce(particleProgram(options).program, {
      ...feedsOf(short, many, options),
      ...restOf(options, many),
    });
    const likelihood = Math.exp(kalmanLogLikelihood(process, short));
    const { mean, error } = estimateOf(overSteps(numbers(results["bound"]), many).map(Math.exp));
    expect(error / likelihood).toBeLessThan(0.02);
    expect(Math.abs(mean - likelihood)).toBeLessThan(4 * error);
    const uneven = numbers(results["effectiveSize"]).filter((size) => size < options.particles / 2);
    expect(uneven.length).toBeGreaterThan(many / 10); // it did resample
  });

  test("is unbiased for a latent variable of the whole sequence, which goes with its particle", async () => {
    const [level, many, values] = [levelModel(), 20_000, [0.9, 1.4, 0.7, 1.2, 1.1]];
    const results = await runOnce(particleProgram(options, level).program, {
      ...feedsOf(values, many, options),
      ...restOf(options, many, level),
    });
    const likelihood = Math.exp(levelLogLikelihood(values));
    const { mean, error } = estimateOf(overSteps(numbers(results["bound"]), many).map(Math.exp));
    expect(error / likelihood).toBeLessThan(0.03);
    expect(Math.abs(mean - likelihood)).toBeLessThan(4 * error);
  });

  test("windows of 10 with particles and weights carried over equal one window", async () => {
    const many = 20;
    const executable = await runtime.compile(particleProgram(options).program);
    const feeds = feedsOf(x, many, options);
    const whole = await executable.run({ ...feeds, ...restOf(options, many) });
    let states = restOf(options, many);
    const bound: number[] = [];
    for (const start of [0, 10, 20]) {
      const part = await executable.run({ ...windowOf(feeds, start, 10), ...states });
      states = carriedStates(part);
      bound.push(...numbers(part["bound"]));
    }
    await executable.dispose();
    numbers(whole["bound"]).forEach((nats, i) => {
      expect(Math.abs(bound[i]! - nats)).toBeLessThan(1e-4);
    });
    expect(numbers(states["state.z"])).toEqual(numbers(whole["state.z.next"]));
  });

  test("lets no gradient through the choice of ancestors", async () => {
    const many = 4; // few enough for no ancestor to change at so small a step
    const { a, inputs, bound } = particleProgram(options);
    const [slope, fromUniform] = gradients(sum(bound), [a, inputs.uniform!]);
    const program = compile({ loss: sum(bound), slope: slope!, fromUniform: fromUniform! });
    const executable = await runtime.compile(program);
    const feeds = { ...feedsOf(x, many, options), ...restOf(options, many) };
    const at = async (value: number) =>
      executable.run({ ...feeds, parameters: float32([1], Float32Array.of(value)) });
    const results = await at(process.a);
    expect(numbers(results["fromUniform"]).every((each) => each === 0)).toBe(true);
    const [above, below] = [await at(process.a + 1e-4), await at(process.a - 1e-4)];
    const difference = (numbers(above["loss"])[0]! - numbers(below["loss"])[0]!) / 2e-4;
    await executable.dispose();
    // What is left is the gradient through the particles.
    expect(Math.abs(numbers(results["slope"])[0]! / difference - 1)).toBeLessThan(0.05);
  });
});

// A looser bound leaves a larger gap, and has its maximum elsewhere.
test.each([
  ["elbo", 1, 0.5],
  ["iwae", 0.5, 0.1],
  ["fivo", 0.1, 0.08],
] as const)(
  "training by %s in windows of 10 comes within %f nats a step and %f of the parameter",
  async (objective, gap, slack) => {
    const made = (count: number, first: number): Sequence[] =>
      Array.from({ length: count }, (_, i) => ({
        name: `sequence ${first + i}`,
        length: 30,
        values: Float64Array.from(drawFrom(process, 30, first + i)),
      }));
    const splits = { train: made(60, 1), valid: made(20, 100), test: made(20, 200) };
    const data: Dataset = { columns: [plainColumn("x")], splits, notes: [] };
    const options = trainingOptions.parse({
      objective,
      particles: 8,
      epochs: 15,
      window: 10,
      learningRate: 0.02,
      shards: 2,
    });
    const wrong = stateSpaceModel({ ...process, a: 0.3 });
    const trainer = await Trainer.create({ model: wrong, data, options, runtime });
    const bounds: number[] = [];
    for await (const event of trainer.fit()) if (event.type === "epoch") bounds.push(event.valid.natsPerStep);
    const { natsPerStep } = await trainer.evaluate(splits.test);
    const [found] = trainer.bestWeights;
    await trainer.dispose();
    expect(bounds.at(-1)!).toBeGreaterThan(bounds[0]! + 0.01);
    const exactly = meanOf(splits.test.map(({ values }) => kalmanLogLikelihood(process, [...values]) / 30));
    expect(natsPerStep).toBeLessThan(exactly + 0.01);
    expect(natsPerStep).toBeGreaterThan(exactly - gap);
    expect(Math.abs(found! - process.a)).toBeLessThan(slack);
  },
);

/** Some steps of what has time first. */
const windowOf = (feeds: Values, start: number, steps: number): Values =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, data }]) => {
      if (name === "parameters") return [name, parameters];
      const size = data.length / shape[0]!;
      const part = (data as Float32Array).slice(start * size, (start + steps) * size);
      return [name, float32([steps, ...shape.slice(1)], part)];
    }),
  );
