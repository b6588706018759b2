/** Bounds on the likelihood of a state space model whose steps have Student's t distribution, against quadrature. */
import { describe, expect, test } from "vitest";
import { tableFields, tableSequence } from "../../src/data/field-dataset.ts";
import { memorySource } from "../../src/data/source.ts";
import { normalFamily } from "../../src/distributions/latent/normal.ts";
import { studentTFamily } from "../../src/distributions/latent/student-t.ts";
import { filterSequences } from "../../src/inference/filter.ts";
import type { Model } from "../../src/models/model.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { Evaluator } from "../../src/train/evaluate.ts";
import { objectiveOf, type TrainingOptions, trainingOptions } from "../../src/train/options.ts";
import { plainColumn } from "../data/temporary.ts";
import { meanOf, varianceOf } from "../inference/linear.ts";
import { kalmanFilter, kalmanLogLikelihood, type StateSpace, stateSpaceModel } from "./kalman.ts";
import "../slow.ts";

const process: StateSpace = { a: 0.9, q: 0.4, r: 0.5 };
/** A level that jumps once. */
const x = [0.2, -0.1, 0.4, 0.3, 0.1, 2.4, 2.1, 1.9, 2, 1.6];
const columns = [plainColumn("x")];
const steps = studentTFamily(3);
const runtime = nodeRuntime();

const normalDensity = (z: number, scale: number): number =>
  Math.exp(-((z / scale) ** 2) / 2) / (scale * Math.sqrt(2 * Math.PI));
/** Of 3 degrees of freedom: 6√3 / π(3 + t²)². */
const studentDensity = (z: number, scale: number): number =>
  (6 * Math.sqrt(3)) / (Math.PI * scale * (3 + (z / scale) ** 2) ** 2);

/** What the rectangle rule over z tells, step after step, in float64. */
interface Integrated {
  /** log p(x) */
  readonly nats: number;
  /** E(z_t | x_1 … x_t) */
  readonly means: readonly number[];
}

function integrated({ a, q, r }: StateSpace, density: typeof normalDensity): Integrated {
  const [from, width, count] = [-12, 0.02, 1500];
  const grid = Array.from({ length: count }, (_, i) => from + i * width);
  let before: number[] | undefined; // p(z | x so far) · width; none: z is 0
  let nats = 0;
  const means: number[] = [];
  for (const value of x) {
    const previous = before;
    const joint = grid.map((z) => {
      const moved = previous
        ? previous.reduce((all, mass, i) => all + mass * density(z - a * grid[i]!, q), 0)
        : density(z, q);
      return moved * normalDensity(value - z, r) * width;
    });
    const likelihood = joint.reduce((all, mass) => all + mass, 0);
    nats += Math.log(likelihood);
    before = joint.map((mass) => mass / likelihood);
    means.push(before.reduce((all, mass, i) => all + mass * grid[i]!, 0));
  }
  return { nats, means };
}

interface Estimate {
  readonly mean: number;
  readonly error: number;
}

/** The bound of the whole sequence: a mean over seeds, each over rows with draws of their own. */
async function estimated(model: Model, changes: Partial<TrainingOptions>, rows = 200): Promise<Estimate> {
  const copies = Array.from({ length: rows }, (_, i) => ({
    name: `copy ${i}`,
    length: x.length,
    values: Float64Array.from(x),
  }));
  const fields = tableFields({ columns });
  const source = memorySource(copies.map(tableSequence), fields);
  const nats: number[] = [];
  for (let seed = 1; seed <= 12; seed++) {
    const options = { ...trainingOptions.parse({ batchSize: rows, shards: 1 }), ...changes, seed };
    const evaluator = await Evaluator.create(runtime, model, fields, await objectiveOf(options), options);
    const { natsPerStep } = await evaluator.bound(Float32Array.of(process.a), source);
    nats.push(natsPerStep * x.length);
    await evaluator.dispose();
  }
  return { mean: meanOf(nats), error: Math.sqrt(varianceOf(nats) / nats.length) };
}

/** Whether the second is larger by three standard errors. */
const isBelow = (a: Estimate, b: Estimate): boolean => b.mean - a.mean > 3 * Math.hypot(a.error, b.error);

test("the oracle: quadrature of normal steps is the Kalman filter", () => {
  const { nats, means } = integrated(process, normalDensity);
  expect(nats).toBeCloseTo(kalmanLogLikelihood(process, x), 8);
  kalmanFilter(process, x).forEach(({ after }, t) => {
    expect(means[t]).toBeCloseTo(after.mean, 8);
  });
});

describe("ELBO < IWAE < FIVO < the likelihood by quadrature, by three standard errors", () => {
  const model = stateSpaceModel(process, columns, { prior: steps });
  const led = stateSpaceModel(process, columns, { prior: steps, posterior: normalFamily });
  const exact = integrated(process, studentDensity).nats;
  const bounds = {
    elbo: estimated(model, { objective: "elbo" }),
    iwae: estimated(model, { objective: "iwae", particles: 4 }),
    fivo: estimated(model, { objective: "fivo", particles: 4 }),
    led: estimated(led, { objective: "fivo", particles: 1000 }, 15),
    many: estimated(model, { objective: "fivo", particles: 1000 }, 15),
  };

  test.each([
    ["elbo", "iwae"],
    ["iwae", "fivo"],
    ["fivo", "many"],
  ] as const)("%s < %s", async (lower, upper) => {
    expect(isBelow(await bounds[lower], await bounds[upper])).toBe(true);
  });

  test.each(["elbo", "iwae", "fivo"] as const)("%s < the likelihood", async (bound) => {
    expect(isBelow(await bounds[bound], { mean: exact, error: 0 })).toBe(true);
  });

  test("a thousand particles come to it within 0.05 nats", async () => {
    const { mean, error } = await bounds.many;
    expect(error).toBeLessThan(0.02);
    expect(Math.abs(mean - exact)).toBeLessThan(0.05);
  });

  test("normal distributions, whose tails are thinner than the steps', lead as many of them worse", async () => {
    expect(isBelow(await bounds.led, await bounds.many)).toBe(true);
  });
});

test("particles are led to the mean that quadrature finds, through the jump", async () => {
  const particles = 4000;
  const model = {
    ...stateSpaceModel(process, columns, { prior: steps }),
    evidence: () => ({ slices: {}, fixed: {} }), // as of a posterior that reads ahead: drawn from the prior and weighed
  };
  const sequences = [{ name: "jump", length: x.length, values: Float64Array.from(x) }];
  const weights = Float32Array.of(process.a);
  const [filtered] = await filterSequences({
    runtime,
    model,
    weights,
    columns,
    seed: 4,
    particles,
    sequences,
  });
  integrated(process, studentDensity).means.forEach((mean, t) => {
    const found = filtered!.emissionMean[t]!;
    const error = Math.sqrt(varianceOf(found) / (particles / 20)); // after the jump few particles are left
    expect(Math.abs(meanOf(found) - mean), `step ${t + 1}`).toBeLessThan(5 * error);
    expect(error, `step ${t + 1}`).toBeLessThan(0.1);
  });
});
