/** Change points against every way to cut a short path. */
import { describe, expect, test } from "vitest";
import { changePoints } from "../../src/patterns/change-points.ts";
import { Random } from "../../src/random/generator.ts";

const NOISE = 0.5;

function costOf(path: Float64Array, width: number, from: number, end: number): number {
  let cost = 0;
  for (let f = 0; f < width; f++) {
    const own = Array.from({ length: end - from }, (_, t) => path[(from + t) * width + f]!);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length;
    cost += Math.log(variance + NOISE ** 2);
  }
  return ((end - from) / 2) * cost;
}

/** Every way to cut so many steps into segments of a least length. */
function* cuts(steps: number, minimum: number, from = 0): Generator<number[]> {
  if (steps - from >= minimum) yield [];
  for (let at = from + minimum; at + minimum <= steps; at++)
    for (const rest of cuts(steps, minimum, at)) yield [at, ...rest];
}

describe("change points", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("are those of the least cost of all (seed %i)", (seed) => {
    const random = Random.stream(seed, "path");
    const [steps, width, minimum] = [18, 2, 3];
    const path = Float64Array.from({ length: steps * width }, (_, i) =>
      i < seed * width * 2 ? random.normal() : 2 + 0.3 * random.normal(),
    );
    const penalty = 0.5 + seed / 3;
    const total = (places: readonly number[]) =>
      [0, ...places].reduce(
        (sum, from, i) => sum + penalty + costOf(path, width, from, places[i] ?? steps),
        -penalty,
      );
    const best = Math.min(...[...cuts(steps, minimum)].map(total));
    const { places, saved } = changePoints(path, width, { penalty, minimum });
    expect(total(places)).toBeCloseTo(best, 9);
    expect(saved).toBeCloseTo(total([]) - best, 9);
  });

  test("a level and a spread that change are found, and nothing where nothing does", () => {
    const random = Random.stream(2, "level");
    const noise = (count: number, level: number, spread: number) =>
      Array.from({ length: count }, () => level + spread * random.normal());
    const path = Float64Array.from([...noise(60, 0, 1), ...noise(60, 4, 1), ...noise(60, 4, 6)]);
    const [level, spread, ...others] = changePoints(path, 1, { penalty: 8, minimum: 5 }).places;
    expect(others).toEqual([]);
    expect(Math.abs(level! - 60)).toBeLessThanOrEqual(1);
    expect(Math.abs(spread! - 120)).toBeLessThanOrEqual(4);
    for (const [even, columns] of [
      [noise(200, 3, 1), 1],
      [[], 3],
      [[1, 2], 1],
    ] as const)
      expect(changePoints(Float64Array.from(even), columns, { penalty: 8, minimum: 5 })).toEqual({
        places: [],
        saved: 0,
      });
  });

  test("a path of more steps than places is cut near where it changes", () => {
    const path = Float64Array.from({ length: 20_000 }, (_, t) => Number(t >= 12_345) * 5);
    const [found, ...others] = changePoints(path, 1, { penalty: 10, minimum: 10 }).places;
    expect(others).toEqual([]);
    expect(Math.abs(found! - 12_345)).toBeLessThanOrEqual(5);
  });
});
