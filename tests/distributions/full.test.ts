/** Normal columns with any covariance against the dense joint density, in float64, whatever of a row was seen. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { emissionOf } from "../../src/distributions/mixed.ts";
import { and, constant, equal, greater, input, sum, where } from "../../src/graph/index.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";
import { plainColumn } from "../data/temporary.ts";

const D = 4;
const names = ["a", "b", "c", "d"];
const columns = names.map((name, i) => plainColumn(name, { standardDeviation: i + 1 }));
const emission = emissionOf(columns, ["full"]);
const random = Random.stream(3, "full");
const raw = Array.from({ length: emission.width }, () => random.normal());
const row = Array.from({ length: D }, () => random.normal());
const patterns = Array.from({ length: 2 ** D }, (_, bits) => names.map((_, d) => (bits >> d) & 1));

/** The mean and the covariance that raw numbers stand for. */
function momentsOf(numbers: readonly number[]) {
  const scale = (d: number) => Math.log1p(Math.exp(numbers[D + d]!)) + 1e-4;
  const factor = names.map((_, d) =>
    names.map((_, j) => (j < d ? numbers[2 * D + (d * (d - 1)) / 2 + j]! : j === d ? scale(d) : 0)),
  );
  const covariance = factor.map((one) =>
    factor.map((other) => one.reduce((all, value, j) => all + value * other[j]!, 0)),
  );
  return { mean: numbers.slice(0, D), covariance };
}

/** log N(x; μ, Σ) by elimination, of the entries marked; a density in the units of the data. */
function logDensity(numbers: readonly number[], x: readonly number[], marks: readonly number[]): number {
  const { mean, covariance } = momentsOf(numbers);
  const kept = names.flatMap((_, d) => (marks[d]! > 0 ? [d] : []));
  const matrix = kept.map((i) => kept.map((j) => covariance[i]![j]!));
  const off = kept.map((i) => x[i]! - mean[i]!);
  let nats = 0;
  for (const [k, i] of kept.entries()) {
    const pivot = matrix[k]![k]!;
    nats -= 0.5 * (Math.log(2 * Math.PI * pivot) + off[k]! ** 2 / pivot);
    nats -= Math.log(columns[i]!.standardDeviation);
    for (let below = k + 1; below < kept.length; below++) {
      const factor = matrix[below]![k]! / pivot;
      off[below]! -= factor * off[k]!;
      for (let j = k; j < kept.length; j++) matrix[below]![j]! -= factor * matrix[k]![j]!;
    }
  }
  return nats;
}

const runtime = nodeRuntime();
async function graphOf(numbers: readonly number[], marks: readonly number[]) {
  const given = input("raw", [1, emission.width]);
  const x = constant([...row], [1, D]);
  const seen = and(equal(x, x), greater(constant([...marks], [D]), 0));
  const entries = emission.logProbability(given, x, seen);
  const total = sum(where(seen, entries, 0));
  const [gradient] = gradients(total, [given]);
  const executable = await runtime.compile(compile({ entries, gradient: gradient! }));
  const results = await executable.run({ raw: float32([1, emission.width], Float32Array.from(numbers)) });
  await executable.dispose();
  return results as Readonly<Record<"entries" | "gradient", TensorValue<"float32">>>;
}

describe.each(patterns.slice(1).map((marks) => ({ marks })))("of entries $marks", ({ marks }) => {
  test("its nats are those of their joint density", async () => {
    const { entries } = await graphOf(raw, marks);
    const told = marks.reduce((all, mark, d) => all + (mark > 0 ? entries.data[d]! : 0), 0);
    expect(Math.abs(told - logDensity(raw, row, marks))).toBeLessThan(2e-5 * Math.max(1, Math.abs(told)));
  });

  test("its gradient is that of their joint density", async () => {
    const { gradient } = await graphOf(raw, marks);
    raw.forEach((_, i) => {
      const moved = (by: number) => raw.map((value, j) => value + (i === j ? by : 0));
      const [above, below] = [1e-5, -1e-5].map((by) => logDensity(moved(by), row, marks));
      const slope = (above! - below!) / 2e-5;
      expect(Math.abs(gradient.data[i]! - slope)).toBeLessThan(1e-4 * Math.max(1, Math.abs(slope)));
    });
  });
});

test("entries that others tell nearly keep their digits", async () => {
  const thousandth = Math.log(Math.expm1(1e-3));
  const isFirst = (i: number) => [0, 1, 3].includes(i); // of each row left of the diagonal: what the first entry tells
  const tight = raw.map((value, i) => {
    if (i <= D || isFirst(i - 2 * D)) return value;
    return i < 2 * D ? thousandth : 1e-3 * value;
  });
  const one = (row[0]! - tight[0]!) / momentsOf(tight).covariance[0]![0]!;
  const near = momentsOf(tight).covariance.map((own, d) => Math.fround(tight[d]! + own[0]! * one + 1e-3 * d));
  const x = constant(near, [1, D]);
  const entries = emission.logProbability(constant(tight, [1, emission.width]), x, equal(x, x));
  const executable = await runtime.compile(compile({ entries }));
  const { data } = (await executable.run({}))["entries"] as TensorValue<"float32">;
  await executable.dispose();
  const told = data.reduce((sum, nats) => sum + nats, 0);
  expect(Math.abs(told - logDensity(tight, near, [1, 1, 1, 1]))).toBeLessThan(0.01);
});
