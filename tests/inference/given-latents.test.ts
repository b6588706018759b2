/** Sequences whose latent variables have a temperature of their own, or are given. */
import { describe, expect, test } from "vitest";
import { type GenerateOptions, generateRows } from "../../src/inference/generate.ts";
import { rowDraws } from "../../src/inference/rows.ts";
import { withGivenLatents, withLatentTemperature } from "../../src/models/latent-draws.ts";
import type { LatentModel } from "../../src/models/model.ts";
import { Srnn } from "../../src/models/srnn/srnn.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";

const columns = [plainColumn("a"), plainColumn("b")];
const [steps, count, latent] = [7, 2, 2];
const runtime = nodeRuntime();

const made = async (model: LatentModel, more: Partial<GenerateOptions> = {}) => {
  const weights = initialWeights(model.parameters, 3).map((weight) => 3 * weight);
  const rows = await generateRows({ runtime, model, weights, count, steps, seed: 1, ...more });
  return rows.map(({ x }) => [...x]);
};

/** Sequences of some latent variables, `[steps, Z]` a row. */
const madeOf = (model: LatentModel, rows: readonly Float64Array[], more: Partial<GenerateOptions> = {}) =>
  made(withGivenLatents(model), {
    known: (done, length) => {
      const fills = rows.map((row) => (numbers: Float32Array) => {
        numbers.set(row.subarray(done * latent, (done + length) * latent));
      });
      return { noise: rowDraws(fills, [length, length], length, latent) };
    },
    ...more,
  });

const near = (one: readonly number[][], other: readonly number[][]) =>
  one.forEach((row, i) => {
    row.forEach((value, d) => {
      expect(value).toBeCloseTo(other[i]![d]!, 4);
    });
  });

describe.each(["vrnn", "srnn"] as const)("%s", (name) => {
  const model =
    name === "vrnn"
      ? new Vrnn({ columns, hidden: 6, latent, prior: "standard" })
      : new Srnn({ columns, hidden: 6, latent });

  test("latent variables have the temperature of the data unless they have their own", async () => {
    const usual = await made(model, { temperature: 0.6 });
    near(await made(withLatentTemperature(model, 0.6), { temperature: 0.6 }), usual);
    const own = await made(withLatentTemperature(model, 1.5), { temperature: 0.6 });
    expect(Math.abs(own[0]![5]! - usual[0]![5]!)).toBeGreaterThan(1e-3);
  });

  test("given ones take the place of draws, window by window", async () => {
    const rows = [0.7, -1.2].map((z) =>
      Float64Array.from({ length: latent * steps }, (_, i) => z * Math.cos(i)),
    );
    const all = await madeOf(model, rows);
    near(await madeOf(model, rows, { window: 3 }), all);
    const turned = await madeOf(
      model,
      rows.map((row) => row.map((z) => -z)),
    );
    expect(Math.abs(turned[0]![0]! - all[0]![0]!)).toBeGreaterThan(1e-3);
  });
});

test("given the mean of their prior they say what the likeliest say", async () => {
  const model = new Vrnn({ columns, hidden: 6, latent, prior: "standard" });
  const rows = Array.from({ length: count }, () => new Float64Array(latent * steps));
  near(await madeOf(model, rows), await made(withLatentTemperature(model, 1e-9)));
});

test("a prior that takes several numbers a draw is given one of each", async () => {
  const model = new Srnn({ columns, hidden: 6, latent, latentFamily: "laplace" });
  const rows = Array.from({ length: count }, () => new Float64Array(latent * steps));
  expect(await madeOf(model, rows)).toHaveLength(count);
  near(await made(withLatentTemperature(model, 1)), await made(model));
});
