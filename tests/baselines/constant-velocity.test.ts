import { expect, test } from "vitest";
import { constantVelocity, strayingVelocity } from "../../src/baselines/constant-velocity.ts";
import { Random } from "../../src/random/generator.ts";

test("what goes on as before takes the last move again and again", () => {
  expect([...constantVelocity(0.5, 3)]).toEqual([0.5, 0, 1, 0, 1.5, 0]);
});

test("straying paths are straight, their directions and speeds spread as is said", () => {
  const random = Random.stream(3, "straying");
  const drawn = Array.from({ length: 4000 }, () =>
    strayingVelocity(0.5, 12, random, { heading: 0.35, speed: 0.2 }),
  );
  for (const path of drawn.slice(0, 5)) expect(path[23]! / path[1]!).toBeCloseTo(12);
  const deviation = (values: readonly number[], centre: number) =>
    Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length);
  const factors = drawn.map(([x, y]) => Math.hypot(x!, y!) / 0.5);
  // The deviation of 4,000 draws is off by 1.1 % as a rule: 6 % are five times that.
  expect(
    Math.abs(
      deviation(
        drawn.map(([x, y]) => Math.atan2(y!, x!)),
        0,
      ) /
        0.35 -
        1,
    ),
  ).toBeLessThan(0.06);
  expect(Math.abs(deviation(factors, 1) / 0.2 - 1)).toBeLessThan(0.06);
});
