/** NADE against its own sums: all rows of a few entries, told one by one in float64. */
import { describe, expect, test } from "vitest";
import { emissionOf } from "../../src/distributions/mixed.ts";
import { and, constant, equal, greater, input, scalar } from "../../src/graph/index.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type Values } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";
import { plainColumn } from "../data/temporary.ts";

const [D, DRAWS] = [4, 40_000];
const columns = Array.from({ length: D }, (_, d) =>
  plainColumn(`key ${d}`, { kind: "binary", mean: 0.2 + 0.15 * d }),
);
const random = Random.stream(1, "nade");
const unbound = emissionOf(columns, ["nade"]);
const H = unbound.width - D;
const own = new Map(
  unbound.parameters!.map(({ name, shape }) => [
    name,
    Array.from({ length: shape[0]! * shape[1]! }, () => random.normal()),
  ]),
);
const emission = unbound.bind!((name) => constant(own.get(name)!, [D, H]));
const rawNumbers = unbound.initialBias.map((bias) => bias + 0.3 * random.normal());
const raw = constant(rawNumbers, [1, D + H]);
const [read, write] = [own.get("emission.nade.read")!, own.get("emission.nade.write")!];

/** Eq. (2) and (3), entry by entry: the chance of each entry being 1 given those before. */
function chances(row: readonly number[]): number[] {
  return row.map((_, d) => {
    let logit = rawNumbers[d]!;
    for (let k = 0; k < H; k++) {
      let unit = rawNumbers[D + k]!;
      for (let j = 0; j < d; j++) unit += read[j * H + k]! * row[j]!;
      logit += write[d * H + k]! / (1 + Math.exp(-unit));
    }
    return 1 / (1 + Math.exp(-logit));
  });
}

const rows = Array.from({ length: 2 ** D }, (_, way) => columns.map((_, d) => (way >> d) & 1));
const probabilityOf = (row: readonly number[]) =>
  chances(row).reduce((all, p, d) => all * (row[d] === 1 ? p : 1 - p), 1);

const run = async (outputs: Parameters<typeof compile>[0], feeds: Values) => {
  const executable = await nodeRuntime().compile(compile(outputs));
  const results = await executable.run(feeds);
  await executable.dispose();
  return results;
};
const rowsOf = (results: Values, name: string): number[][] => {
  const { data } = results[name]!;
  return Array.from({ length: data.length / D }, (_, i) =>
    [...data.subarray(i * D, (i + 1) * D)].map(Number),
  );
};
const uniforms = () => Float32Array.from({ length: DRAWS * D }, () => Math.max(random.uniform(), 2 ** -25));
const x = input("x", ["N", D]);
const everything = equal(x, x);

describe("NADE", () => {
  test("is the product of its conditional distributions, which add up to 1 over all rows", async () => {
    const feeds = { x: float32([rows.length, D], Float32Array.from(rows.flat())) };
    const told = rowsOf(await run({ nats: emission.logProbability(raw, x, everything) }, feeds), "nats");
    const sums = told.map((nats) => nats.reduce((all, each) => all + each, 0));
    for (const [i, row] of rows.entries()) expect(sums[i]).toBeCloseTo(Math.log(probabilityOf(row)), 4);
    expect(sums.reduce((all, each) => all + Math.exp(each), 0)).toBeCloseTo(1, 5);
  });

  test("draws rows as often as it says, and completes them as often given what was seen", async () => {
    const uniform = input("uniform", ["N", D]);
    const normal = input("normal", ["N", 0]);
    const seen = and(everything, greater(constant([0, 1, 0, 1], [D]), 0));
    const given = [0, 1, 0, 1];
    const results = await run(
      {
        drawn: emission.sample(raw, { uniform, normal }, scalar(1)),
        completed: emission.complete!(raw, x, seen, { uniform, normal }, scalar(1)),
      },
      {
        uniform: float32([DRAWS, D], uniforms()),
        normal: float32([DRAWS, 0], new Float32Array(0)),
        x: float32(
          [DRAWS, D],
          Float32Array.from({ length: DRAWS * D }, (_, i) => given[i % D]!),
        ),
      },
    );
    const count = (name: string, row: readonly number[]) =>
      rowsOf(results, name).filter((each) => each.every((value, d) => value === row[d])).length;
    for (const row of rows) {
      const p = probabilityOf(row);
      expect(Math.abs(count("drawn", row) - DRAWS * p)).toBeLessThan(4 * Math.sqrt(DRAWS * p) + 1);
    }
    // In their order: the third knows the second, which was seen, and not the fourth.
    for (const row of rows.filter((each) => each[1] === 1 && each[3] === 1)) {
      const each = chances(row);
      const p = [0, 2].reduce((all, d) => all * (row[d] === 1 ? each[d]! : 1 - each[d]!), 1);
      expect(Math.abs(count("completed", row) - DRAWS * p)).toBeLessThan(4 * Math.sqrt(DRAWS * p) + 1);
    }
  });

  test("its mean is that of entries which stand at what was expected of those before", async () => {
    const [mean] = rowsOf(await run({ mean: emission.mean(raw) }, {}), "mean");
    const expected: number[] = [];
    for (let d = 0; d < D; d++) expected.push(chances([...expected, 0])[d]!);
    for (const [d, each] of mean!.entries()) expect(each).toBeCloseTo(expected[d]!, 5);
  });

  test("beside other columns it tells its own, whatever their order", async () => {
    const mixed = [columns[0]!, plainColumn("load"), ...columns.slice(1)];
    const other = emissionOf(mixed, ["nade"]);
    expect(other.parameters!.map(({ shape }) => shape)).toEqual([
      [D, H],
      [D, H],
    ]);
    const bound = other.bind!((name) => constant(own.get(name)!, [D, H]));
    const [row] = rows.slice(-2);
    const value = input("x", ["N", D + 1]);
    const parts = constant([...rawNumbers, 0, 0.5], [1, D + H + 2]);
    const { nats } = await run(
      { nats: bound.logProbability(parts, value, equal(value, value)) },
      { x: float32([1, D + 1], Float32Array.from([row![0]!, 0.7, ...row!.slice(1)])) },
    );
    const told = [...nats!.data].map(Number);
    const binary = told.filter((_, d) => d !== 1).reduce((all, each) => all + each, 0);
    expect(binary).toBeCloseTo(Math.log(probabilityOf(row!)), 4);
  });
});
