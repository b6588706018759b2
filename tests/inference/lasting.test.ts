import { describe, expect, test } from "vitest";
import { type EntryScores, fitDetector } from "../../src/anomaly/detect.ts";
import { findIncidents } from "../../src/anomaly/find-incidents.ts";
import { LiveDetector } from "../../src/anomaly/live-detector.ts";
import type { Column } from "../../src/data/dataset.ts";
import { normals } from "../baselines/generator.ts";

const STEPS = 2000;

/** Values of two independent standard normal columns, their nats under that model, and a divergence of 0. */
function drawn(seed: number, steps: number, move: (t: number, column: number) => number) {
  const normal = normals(seed);
  const values = Float64Array.from(
    { length: 2 * steps },
    (_, i) => normal() + move(Math.floor(i / 2), i % 2),
  );
  return { values, logLikelihood: values.map((x) => (-x * x) / 2) };
}

const entries = (seed: number): EntryScores => {
  const { logLikelihood } = drawn(seed, STEPS, () => 0);
  const values = Float64Array.from({ length: 3 * STEPS }, (_, i) =>
    i % 3 === 2 ? 0 : -logLikelihood[2 * Math.floor(i / 3) + (i % 3)]!,
  );
  return { times: Float64Array.from({ length: STEPS }, (_, t) => t), values };
};

const column = (name: string): Column => ({
  ...{ name, kind: "real", levels: [], resolution: 0, mean: 0, standardDeviation: 1 },
  ...{ minimum: -4, maximum: 4, missing: 0, shares: [] },
});
const columns = ["a", "b"].map(column);
const detector = fitDetector(["a", "b", "latent"], [entries(1)], { alarmsPerThousandSteps: 1, lasting: 200 });

function found(move: (t: number, column: number) => number, adapts = false) {
  const { values, logLikelihood } = drawn(7, STEPS, move);
  const sequence = { name: "s", length: STEPS, values };
  const kl = new Float64Array(STEPS);
  return findIncidents(
    sequence,
    { name: "s", length: STEPS, total: kl, logLikelihood, kl },
    { detector, columns, adapts },
  );
}

describe("a lasting change of level", () => {
  test.each([false, true])(
    "is one incident, told with its row and both levels, and flags few steps; adapting: %s",
    (adapts) => {
      const { incidents, flags } = found((t, j) => (j === 0 && t >= 811 ? 5 : 0), adapts);
      const [change] = incidents.filter(({ type }) => type === "change");
      expect(change).toMatchObject({ change: "level", columns: ["a"] });
      expect(Math.abs(change!.first - 811)).toBeLessThan(5);
      const told = /^a changed level at row 81\d: from 0 to (\d\.?\d*) and stayed$/.exec(change!.text);
      expect(Math.abs(Number(told?.[1]) - 5)).toBeLessThan(0.25); // 3.5 deviations of the mean of 200 steps
      expect(flags.filter((flag) => flag === 1).length).toBeLessThan(adapts ? 250 : 60);
    },
  );

  test("that ends in time is an anomaly and no change", () => {
    const { incidents } = found((t, j) => (j === 0 && t >= 811 && t < 900 ? 5 : 0));
    expect(incidents.map(({ type }) => type)).toContain("anomaly");
    expect(incidents.filter(({ type }) => type === "change")).toEqual([]);
  });

  test("is forgotten when the column is as before: until that row", () => {
    const { incidents } = found((t, j) => (j === 1 && t >= 500 && t < 1200 ? 5 : 0));
    const [change] = incidents.filter(({ type }) => type === "change");
    expect(change!.text).toMatch(/^b changed level at row 50\d: from 0 to .* until row 1,(19|20)\d$/);
  });
});

test("usual data give no change and few alarms", () => {
  const { incidents } = found(() => 0);
  expect(incidents.filter(({ type }) => type === "change")).toEqual([]);
  expect(incidents.length).toBeLessThan(8);
});

test.each([false, true])(
  "a state kept as JSON goes on amid a change with the same numbers; adapting: %s",
  (adapts) => {
    const { logLikelihood, values } = drawn(5, 900, (t, j) => (j === 0 && t >= 300 ? 5 : 0));
    const step = (live: LiveDetector, t: number) =>
      live.step(
        Float64Array.of(-logLikelihood[2 * t]!, -logLikelihood[2 * t + 1]!, 0),
        values.subarray(2 * t, 2 * t + 2),
      );
    const [whole, before, after] = Array.from({ length: 3 }, () => new LiveDetector(detector, { adapts }));
    const told = Array.from({ length: 900 }, (_, t) => step(whole!, t));
    for (let t = 0; t < 400; t++) step(before!, t);
    after!.restore(JSON.parse(JSON.stringify(before!.state)));
    const rest = Array.from({ length: 500 }, (_, i) => step(after!, 400 + i));
    expect(rest.map(({ score }) => score)).toEqual(told.slice(400).map(({ score }) => score));
    expect(rest.flatMap(({ changes }) => changes.map(({ since }) => since))).toEqual(
      told.slice(400).flatMap(({ changes }) => changes.map(({ since }) => since)),
    );
  },
);
