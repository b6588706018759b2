/** Labels told of sequences, beside what the nearest of the others tells. */
import { expect, test } from "vitest";
import type { Encoded } from "../../src/inference/encode.ts";
import { fitProbe } from "../../src/patterns/probe.ts";
import { Random } from "../../src/random/generator.ts";
import { plainColumn } from "../data/temporary.ts";

const random = Random.stream(2, "probe");

/** Waves of two kinds that have one mean and one deviation: only step by step do they differ. */
function wave(label: number, n: number, length = 24): Encoded {
  const values = Float64Array.from(
    { length },
    (_, t) => Math.sin((2 * Math.PI * t) / 24 + label * Math.PI) + 0.2 * random.normal(),
  );
  const noise = Float64Array.from({ length }, () => random.normal());
  return {
    sequence: { name: `s${n}`, length, values },
    mean: noise,
    scale: noise.map(Math.abs),
    state: {},
  };
}

const labels = Array.from({ length: 40 }, (_, n) => n % 2);
const columns = [plainColumn("a", { standardDeviation: 0.7 })];
const fitted = (encoded: readonly Encoded[]) =>
  fitProbe(
    { columns, conditions: [], encoded },
    { levels: ["a", "b"], labels, pools: ["mean", "last"], seed: 1 },
  );

test("the nearest sequence is sought step by step, where sequences are of one length", () => {
  const { nearestNeighbour } = fitted(labels.map((label, n) => wave(label, n)));
  expect(nearestNeighbour.steps).toBe(1);
  expect(nearestNeighbour.deviations).toBeLessThan(0.8);
  expect(fitted(labels.map((label, n) => wave(label, n, 20 + n))).nearestNeighbour.steps).toBeUndefined();
});
