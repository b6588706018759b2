import { describe, expect, test } from "vitest";
import { everyNth } from "../../src/collections.ts";
import { encodeSequences } from "../../src/inference/encode.ts";
import { filterSequences } from "../../src/inference/filter.ts";
import { ParticleFilter } from "../../src/inference/particle-filter.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { encodingTable } from "../../src/tables/encode-table.ts";
import { filterTable } from "../../src/tables/filter-table.ts";
import { reconstructionErrors, reconstructionTable } from "../../src/tables/reconstruct.ts";
import { cellsOf, mixed, modelOf, sequencesOf, someWeights } from "./columns.ts";
import {
  columnsOf,
  drawSequence,
  meanOf,
  settingsOf,
  tied,
  varianceAfter,
  varianceOf,
  within,
} from "./linear.ts";

const particles = 2000;
const whole = drawSequence(tied, 20, 11);
const gappy = { ...whole, values: whole.values.slice().fill(Number.NaN, 2 * 10, 2 * 12) };
const settings = { ...settingsOf(tied), particles };
const at = (step: number, d: number) => whole.values[2 * step + d]!;

describe("filtering a linear process, against the exact forecasts", () => {
  const filtered = filterSequences({ ...settings, sequences: [gappy] });

  test.each([
    [9, 1],
    [10, 1],
    [11, 2],
    [12, 3],
    [13, 1],
  ])("step %i is forecast from %i before", async (step, ahead) => {
    const { forecast, forecastMean } = (await filtered)[0]!;
    for (const d of [0, 1]) {
      const mean = tied.decay[d]! ** ahead * at(step - ahead, d);
      const variance = varianceAfter(tied, d, ahead);
      const drawn = everyNth(forecast[step]!, d, 2);
      expect(within(meanOf(drawn), mean, Math.sqrt(variance / particles))).toBe(true);
      expect(within(varianceOf(drawn), variance, variance * Math.sqrt(2 / particles))).toBe(true);
      expect(within(forecastMean[2 * step + d]!, mean, Math.sqrt(variance / particles))).toBe(true);
    }
  });

  test("at a missing step the estimate is that of the past; at an observed one it knows the step", async () => {
    const { emissionMean } = (await filtered)[0]!;
    const missing = meanOf(everyNth(emissionMean[10]!, 0, 2));
    expect(within(missing, 0.9 * at(9, 0), Math.sqrt(varianceAfter(tied, 0, 1) / particles))).toBe(true);
    const { mean } = posteriorAt(5);
    const known = tied.decay[0]! * at(4, 0) + tied.loading[0]! * mean;
    expect(within(meanOf(everyNth(emissionMean[5]!, 0, 2)), known, 0.6 / Math.sqrt(particles))).toBe(true);
  });

  test("the table has where, the forecast, what came and the estimate", async () => {
    const table = filterTable(await filtered, { columns: columnsOf(tied), levels: [0.1, 0.9] });
    const [header, ...rows] = cellsOf(table);
    expect(header!.join()).toBe("sequence,step,column,level,mean,q0.1,q0.9,observed,filtered");
    expect(rows).toHaveLength(40);
    expect(rows.map((row) => row[7] === "")).toEqual([...gappy.values].map(Number.isNaN));
  });
});

/** z given a step and the one before, in closed form. */
function posteriorAt(step: number) {
  const { loading, noise, decay } = tied;
  const precision = 1 + loading.reduce((sum, a, d) => sum + (a / noise[d]!) ** 2, 0);
  const pull = loading.reduce(
    (sum, a, d) => sum + (a / noise[d]! ** 2) * (at(step, d) - decay[d]! * at(step - 1, d)),
    0,
  );
  return { mean: pull / precision, scale: Math.sqrt(1 / precision) };
}

describe("encoding", () => {
  test("gives the exact posterior and the state", async () => {
    const [encoded] = await encodeSequences({ ...settings, particles: 4, sequences: [whole] });
    for (const step of [1, 7, 19]) {
      const { mean, scale } = posteriorAt(step);
      expect(encoded!.mean[step]).toBeCloseTo(mean, 5);
      expect(encoded!.scale[step]).toBeCloseTo(scale, 3);
    }
    for (const [i, value] of encoded!.state["last"]!.entries())
      expect(value).toBeCloseTo(whole.values[i]!, 5);
  });

  test("of particles that differ takes their posteriors together: after a gap there is more doubt", async () => {
    const [encoded] = await encodeSequences({ ...settings, sequences: [gappy] });
    expect(encoded!.scale[12]!).toBeGreaterThan(1.2 * encoded!.scale[13]!);
  });

  test("the table has means, scales and, where wanted, the state", async () => {
    const encoded = await encodeSequences({ ...settings, particles: 2, sequences: [whole] });
    const [header, ...rows] = [...encodingTable(encoded, { withState: true })].join("").trimEnd().split("\n");
    expect(header).toBe("sequence,step,z1,z1.scale,last.1,last.2");
    expect(rows).toHaveLength(20);
    expect([...encodingTable(encoded, {})].join("").split("\n")[0]).toBe("sequence,step,z1,z1.scale");
  });
});

test("reconstruction errors are those of the expected values", async () => {
  const filtered = await filterSequences({ ...settings, sequences: [gappy] });
  const columns = columnsOf(tied);
  const [first] = reconstructionErrors(filtered, columns);
  const squares = filtered[0]!.emissionMean.flatMap((drawn, step) => {
    const seen = gappy.values[2 * step]!;
    return Number.isNaN(seen) ? [] : [(seen - meanOf(everyNth(drawn, 0, 2))) ** 2];
  });
  expect(first).toMatchObject({ column: "x1", count: 18 });
  expect(first!.error).toBeCloseTo(Math.sqrt(meanOf(squares)), 9);
  const [header, ...rows] = reconstructionTable(filtered, columns).trimEnd().split("\n");
  expect(header).toBe("sequence,step,column,observed,expected,error");
  expect(rows).toHaveLength(40);
});

test("of levels the likeliest is told, and whether it is right", async () => {
  const model = modelOf(mixed, ["persistent"]);
  const given = { runtime: nodeRuntime(), model, weights: someWeights(model), columns: mixed, seed: 1 };
  const filtered = await filterSequences({ ...given, sequences: sequencesOf([13]), particles: 10 });
  const rows = reconstructionTable(filtered, mixed).trimEnd().split("\n").slice(1);
  const modes = rows.map((row) => row.split(",")).filter((row) => row[2] === "mode" && row[3] !== "");
  for (const [, , , observed, expected, error] of modes) {
    expect(["idle", "busy", "off"]).toContain(expected);
    expect(Number(error)).toBe(observed === expected ? 0 : 1);
  }
});

test("where nothing is missing, the way that fills gaps and the one that does not come to the same", async () => {
  const parts = ["logLikelihood", "logPriorRatio", "emissionMean", "latent"] as const;
  const results = await Promise.all(
    [true, false].map(async (complete) => {
      const filter = await ParticleFilter.create(
        { ...settings, particles: 3 },
        { parts, complete, window: 20 },
      );
      const seen: Record<string, number[]> = {};
      await filter.filter(whole, ({ results: values }) => {
        for (const part of parts) seen[part] = [...(values[part]!.data as Float32Array)];
        return undefined;
      });
      await filter.dispose();
      return seen;
    }),
  );
  for (const part of parts)
    for (const [i, value] of results[0]![part]!.entries())
      expect(value).toBeCloseTo(results[1]![part]![i]!, 5);
});
