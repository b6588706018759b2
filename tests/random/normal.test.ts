import { describe, expect, test } from "vitest";
import { Random } from "../../src/random/generator.ts";
import {
  chiSquare,
  chiSquareBound,
  kolmogorovBound,
  kolmogorovDistance,
  meanBound,
  moment,
  normalDistribution,
} from "./statistics.ts";

const COUNT = 1_000_000;
const draws = new Float32Array(COUNT);
Random.stream(2, "normal").fillNormal(draws);

test.each([
  ["mean", 1, 0, 1],
  ["variance", 2, 1, 2],
  ["skewness", 3, 0, 15],
  ["kurtosis", 4, 3, 96],
  ["sixth moment", 6, 15, 10_170],
])("%s", (_, power, expected, variance) => {
  expect(Math.abs(moment(draws, power) - expected)).toBeLessThan(meanBound(COUNT, variance));
});

test("the distribution function is the normal one (Kolmogorov and Smirnov)", () => {
  expect(kolmogorovDistance(draws, normalDistribution)).toBeLessThan(kolmogorovBound(COUNT));
});

test("the density is the normal one in bins of 0.02, where a wrong layer would show", () => {
  const edges = Array.from({ length: 402 }, (_, bin) => (bin - 201) * 0.02 + 0.01);
  const counts = new Float64Array(edges.length - 1);
  for (const draw of draws) {
    const bin = Math.floor((draw - edges[0]!) / 0.02);
    if (bin >= 0 && bin < counts.length) counts[bin]! += 1;
  }
  const expected = (bin: number) =>
    COUNT * (normalDistribution(edges[bin + 1]!) - normalDistribution(edges[bin]!));
  const usual = counts.filter((_, bin) => expected(bin) > 20);
  const offset = counts.findIndex((_, bin) => expected(bin) > 20);
  expect(usual.length).toBeGreaterThan(300);
  expect(chiSquare(usual, (bin) => expected(bin + offset))).toBeLessThan(chiSquareBound(usual.length));
});

describe("the tail beyond 3.654, which has a sampler of its own", () => {
  const edge = 3.6541528853610088;
  const more = new Float32Array(4_000_000);
  Random.stream(3, "tail").fillNormal(more);
  const tail = more.filter((draw) => Math.abs(draw) > edge);
  const mass = 2 * normalDistribution(-edge);

  test("has its share of the draws, on both sides", () => {
    expect(Math.abs(tail.length - mass * more.length)).toBeLessThan(meanBound(1, mass * more.length));
    const right = tail.filter((draw) => draw > 0).length;
    expect(Math.abs(right - tail.length / 2)).toBeLessThan(meanBound(1, tail.length / 4));
  });

  test("falls off as the normal distribution does", () => {
    const beyond = (x: number) => 1 - (2 * normalDistribution(-x)) / mass;
    expect(kolmogorovDistance(tail.map(Math.abs), beyond)).toBeLessThan(kolmogorovBound(tail.length));
  });
});

test("neighbours are unrelated, in value and in size", () => {
  const products = draws.subarray(1).map((draw, at) => draw * draws[at]!);
  expect(Math.abs(moment(products, 1))).toBeLessThan(meanBound(COUNT - 1));
  const sizes = draws.subarray(1).map((draw, at) => (draw ** 2 - 1) * (draws[at]! ** 2 - 1));
  expect(Math.abs(moment(sizes, 1))).toBeLessThan(meanBound(COUNT - 1, 4));
});
