/** Two runs on the same steps, told by nats that are made by hand. */
import { expect, test } from "vitest";
import { comparedNats } from "../../src/operations/evaluate-against.ts";
import { Random } from "../../src/random/generator.ts";

const random = Random.stream(1, "nats");
/** Ten sequences of a thousand steps, and the same with a constant more or less and noise of some deviation. */
const own = Array.from({ length: 10 }, () => Float64Array.from({ length: 1000 }, () => -2 + random.normal()));
const worse = (by: number, noise = 0) =>
  own.map((steps) => steps.map((nats) => nats - by + noise * random.normal()));

test("a run is ahead by what its nats are more a step, with an interval around that", () => {
  const told = comparedNats(own, worse(0.3, 0.5));
  expect(told.verdict).toBe("ahead");
  expect(told.difference).toBeGreaterThan(0.28);
  expect(told.difference).toBeLessThan(0.32);
  const [low, high] = told.interval!;
  expect(low).toBeLessThan(told.difference);
  expect(high).toBeGreaterThan(told.difference);
  expect(high - low).toBeGreaterThan(2 * 0.5 * 0.01); // ±1.96 · 0.5 / √10,000
  expect(high - low).toBeLessThan(8 * 0.5 * 0.01);
  const mean = own.reduce((sum, steps) => sum + steps.reduce((all, each) => all + each, 0), 0) / 10_000;
  expect(told.natsPerStep).toBeCloseTo(mean - told.difference, 9);
});

test("the other way round it is behind by as much", () => {
  const other = worse(0.3, 0.5);
  const [one, turned] = [comparedNats(own, other), comparedNats(other, own)];
  expect(turned.verdict).toBe("behind");
  expect(turned.difference).toBeCloseTo(-one.difference, 12);
  expect(turned.interval![0]).toBeCloseTo(-one.interval![1], 2);
});

test("what chance may have done is level, and so is what is too short to tell", () => {
  const other = own.map((steps, i) => steps.map((nats) => nats + (i % 2 === 0 ? 0.2 : -0.2)));
  expect(comparedNats(own, other).verdict).toBe("level");
  const short = (all: readonly Float64Array[]) => all.slice(0, 1).map((steps) => steps.slice(0, 500));
  const told = comparedNats(short(own), short(worse(5)));
  expect(told).toMatchObject({ interval: null, verdict: "level" });
  expect(told.difference).toBeCloseTo(5, 9);
});
