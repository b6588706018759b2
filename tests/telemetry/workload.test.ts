import { describe, expect, test } from "vitest";
import { poisson, seededUniform, shuffled } from "../../src/telemetry/random.ts";
import { createLoad, phases } from "../../src/telemetry/workload.ts";

const rates = (seed: number, seconds: number) => {
  const load = createLoad(seededUniform(seed));
  return Array.from({ length: seconds * 5 }, (_, index) => load.at(index / 5).rate);
};

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("the load", () => {
  test("is decided by its seed", () => {
    expect(rates(1, 60)).toEqual(rates(1, 60));
    expect(rates(1, 60)).not.toEqual(rates(2, 60));
  });

  test("a round lasts 40 s, and the load stays within what its phases, wave and jitter allow", () => {
    expect(phases.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(40);
    const most = Math.max(...phases.map(({ from, to }) => Math.max(from, to)));
    for (let seed = 1; seed <= 10; seed++) {
      const values = rates(seed, 240);
      expect(Math.max(...values)).toBeLessThan(most * 1.25 * 1.2);
      expect(Math.min(...values)).toBeGreaterThan(25);
      expect(Math.max(...values) / Math.min(...values)).toBeGreaterThan(4);
    }
  });

  test("recurs: one round later it is more alike than half a round later", () => {
    const autocorrelation = (values: readonly number[], lag: number) => {
      const centre = mean(values);
      const products = values
        .slice(lag)
        .map((value, index) => (value - centre) * ((values[index] as number) - centre));
      return mean(products) / mean(values.map((value) => (value - centre) ** 2));
    };
    const seeds = Array.from({ length: 10 }, (_, seed) => rates(seed, 240));
    expect(mean(seeds.map((values) => autocorrelation(values, 200)))).toBeGreaterThan(
      0.2 + mean(seeds.map((values) => autocorrelation(values, 100))),
    );
  });

  test("draws paths of the server's routes with a size", () => {
    const load = createLoad(seededUniform(4));
    const names = new Set<string>();
    for (let tick = 0; tick < 4000; tick++) {
      const path = load.at(tick / 50).draw();
      expect(path).toMatch(/^\/(hash|cached|write|read|allocate)\/\d+$/);
      names.add(path.split("/")[1] ?? "");
    }
    expect(names.size).toBe(5);
  });
});

describe("the random numbers", () => {
  test("are uniform on [0, 1)", () => {
    const uniform = seededUniform(7);
    const values = Array.from({ length: 20000 }, uniform);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(mean(values)).toBeCloseTo(0.5, 1);
    expect(mean(values.map((value) => (value - 0.5) ** 2))).toBeCloseTo(1 / 12, 2);
  });

  test("Poisson counts have their mean as mean and as variance", () => {
    const uniform = seededUniform(11);
    const counts = Array.from({ length: 20000 }, () => poisson(uniform, 3.5));
    expect(Math.abs(mean(counts) - 3.5)).toBeLessThan(0.06);
    expect(Math.abs(mean(counts.map((count) => (count - 3.5) ** 2)) - 3.5)).toBeLessThan(0.2);
  });

  test("shuffling keeps every item and reaches every order", () => {
    const uniform = seededUniform(13);
    const orders = new Set(Array.from({ length: 500 }, () => shuffled(["a", "b", "c"], uniform).join("")));
    expect([...orders].sort()).toEqual(["abc", "acb", "bac", "bca", "cab", "cba"]);
  });
});
