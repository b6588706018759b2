import { describe, expect, test } from "vitest";
import type { Column } from "../../src/data/dataset.ts";
import { conditioned } from "../../src/inference/conditioning.ts";
import { Random } from "../../src/random/generator.ts";
import { plainColumn } from "../data/temporary.ts";
import { meanOf, varianceOf, within } from "./linear.ts";

const count = 20_000;

const column = plainColumn("x");

/** Without other columns. */
const alone = (of: Column, { draws, later }: ReturnType<typeof pairs>, seen: number, source: Random) =>
  conditioned(of, [draws], { own: { expected: later, seen }, others: [] }, source)[0]!;

const random = () => Random.stream(1, "conditioning");

/** x standard normal, y = x + noise. */
function pairs(noise: number) {
  const source = random();
  const draws = Float64Array.from({ length: count }, () => source.normal());
  return { draws, later: draws.map((value) => value + noise * source.normal()) };
}

describe("a quantity", () => {
  test.each([0.5, 2])("is distributed as under the exact posterior, with a noise of %d", (noise) => {
    const gain = 1 / (1 + noise ** 2);
    const draws = alone(column, pairs(noise), 1.5, random());
    expect(within(meanOf(draws), gain * 1.5, Math.sqrt((1 - gain) / count) + 0.005)).toBe(true);
    expect(within(varianceOf(draws), 1 - gain, (1 - gain) * Math.sqrt(2 / count))).toBe(true);
    expect(new Set(draws).size).toBe(count);
  });

  test("that has nothing to do with what came later is left alone but for chance", () => {
    const source = random();
    const normal = () => Float64Array.from({ length: 100 }, () => source.normal());
    const errors = Array.from({ length: 200 }, () => {
      const draws = normal();
      return meanOf(alone(column, { draws, later: normal() }, 3, source)) - meanOf(draws);
    });
    // A gain as it is estimated errs by 0.1, so that the shift by a value 3 off has a deviation of 0.3.
    expect(Math.sqrt(varianceOf(errors))).toBeLessThan(0.22);
  });

  test("learns from another column what its own leaves open, as under the exact posterior", () => {
    const source = random();
    const normal = () => Float64Array.from({ length: count }, () => source.normal());
    const [draws, shared] = [normal(), normal()];
    // y = x + u and w = u: w says nothing of x by itself, and all that y leaves open.
    const own = { expected: draws.map((value, s) => value + shared[s]!), seen: 2 };
    const noisy = shared.map((value) => value + 0.5 * source.normal());
    const [moved] = conditioned(column, [draws], { own, others: [{ expected: noisy, seen: 0.5 }] }, source);
    // x | y, w with u | w ~ N(0.8 w, 0.2): x ~ N(0, 1), y − 0.8 w = x + e, Var e = 0.2.
    const gain = 1 / 1.2;
    expect(within(meanOf(moved!), gain * (2 - 0.4), Math.sqrt((1 - gain) / count) + 0.005)).toBe(true);
    expect(within(varianceOf(moved!), 1 - gain, (1 - gain) * Math.sqrt(2 / count))).toBe(true);
  });

  test("does not follow what is unheard of in another column, nor its own by more than the surprise", () => {
    const source = random();
    const draws = Float64Array.from({ length: 100 }, () => source.normal());
    const noisy = (scale: number) => draws.map((value) => scale * value + 0.5 * source.normal());
    const quiet = { expected: Float64Array.from({ length: 100 }, () => source.normal()), seen: 0 };
    const strange = { expected: noisy(1), seen: 1000 };
    const [byOther] = conditioned(column, [draws], { own: quiet, others: [strange] }, source);
    expect(Math.max(...byOther!.map(Math.abs))).toBeLessThan(2 * Math.max(...strange.expected.map(Math.abs)));
    // y = x/10 + little: a gain of about 10 that a surprise of 1000 would carry to 10,000.
    const own = { expected: draws.map((value) => value / 10 + 0.01 * source.normal()), seen: 1000 };
    const [byOwn] = conditioned(column, [draws], { own, others: [] }, source);
    expect(Math.max(...byOwn!)).toBeLessThan(1003);
    expect(meanOf(byOwn!)).toBeGreaterThan(990);
  });

  test("stays what it may be, and stays as it is where nothing varies", () => {
    const joint = { draws: Float64Array.of(0, 1, 2, 3), later: Float64Array.of(0.1, 1, 2.2, 2.9) };
    const counts = alone({ ...plainColumn("n"), kind: "count" }, joint, -1.4, random());
    expect([...counts].every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    const shares = alone({ ...plainColumn("p"), kind: "proportion" }, joint, 9, random());
    expect([...shares].every((value) => value >= 0 && value <= 1)).toBe(true);
    const same = { draws: Float64Array.of(1, 2), later: Float64Array.of(5, 5) };
    expect([...alone(column, same, 7, random())]).toEqual([1, 2]);
  });
});

describe("a level", () => {
  const level = { ...plainColumn("c"), kind: "categorical" as const, levels: ["a", "b"] };

  test("comes from the draws whose later level was the one that was seen", () => {
    const joint = { draws: Float64Array.of(0, 1, 1, 0), later: Float64Array.of(1, 0, 0, 1) };
    expect([...alone(level, joint, 0, random())]).toEqual([1, 1, 1, 1]);
  });

  test("stays as it is where none had expected that one", () => {
    const joint = { draws: Float64Array.of(0, 1), later: Float64Array.of(0, 0) };
    expect([...alone(level, joint, 1, random())]).toEqual([0, 1]);
  });
});
