/** Rows seen in part: what an `exact` emission says of them is the sum of what it says of whole rows. */
import { describe, expect, test } from "vitest";
import type { Column } from "../../src/data/dataset.ts";
import { completed } from "../../src/distributions/completed.ts";
import type { Emission } from "../../src/distributions/emission.ts";
import { families } from "../../src/distributions/families.ts";
import { emissionOf } from "../../src/distributions/mixed.ts";
import { and, constant, equal, greater, input, scalar, type Tensor } from "../../src/graph/index.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";
import { type Node, settings } from "./settings.ts";
import "../slow.ts";

const runtime = nodeRuntime();

/** Parameters of one row, away from where a network begins. */
function rawOf(emission: Emission, name: string, columns: readonly Column[]): Tensor {
  const random = Random.stream(23, name);
  const output = constant(
    emission.initialBias.map((bias) => bias + 0.6 * random.normal()),
    [1, emission.width],
  );
  const each = (of: (d: number) => number) =>
    constant(
      columns.map((_, d) => of(d)),
      [1, columns.length],
    );
  const last = { value: each((d) => 0.5 - d), age: each((d) => 3 * d) };
  return emission.recall?.(output, last) ?? output;
}

/** What an emission says of some rows, had the entries marked been seen: the nats of these together. */
async function scorer(emission: Emission, raw: Tensor, width: number) {
  const x = input("x", ["N", width]);
  const seen = and(equal(x, x), greater(input("seen", [width]), 0));
  const executable = await runtime.compile(compile({ nats: emission.logProbability(raw, x, seen) }));
  return async (rows: readonly (readonly number[])[], marks: readonly number[]): Promise<number[]> => {
    const { nats } = await executable.run({
      x: float32([rows.length, width], Float32Array.from(rows.flat())),
      seen: float32([width], Float32Array.from(marks)),
    });
    const { data } = nats as TensorValue<"float32">;
    return rows.map((_, i) => marks.reduce((all, mark, d) => all + (mark > 0 ? data[i * width + d]! : 0), 0));
  };
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** The values below which a column, seen alone, lies with a probability of 0.2, 0.5 and 0.8. */
function quantilesOf(nodes: readonly Node[], nats: readonly number[]): number[] {
  let below = 0;
  const ends = nodes.map(({ width }, n) => {
    below += width * Math.exp(nats[n]!);
    return below;
  });
  return [0.2, 0.5, 0.8].map((share) => nodes[ends.findIndex((end) => end >= share * below)]!.value);
}

/** Told entry by entry in their order, with parameters of its own: `nade.test.ts`. */
const inOrder = ["nade"];

const cases = settings.flatMap(({ kind, name, columns, nodes, isOfSizes = false }) =>
  Object.keys(families)
    .filter((family) => !inOrder.includes(family))
    .filter((family) => families[family]!.kind === kind && (family === "log-normal") === isOfSizes)
    .flatMap((family) => [0, 1].map((at) => ({ family, in: name, columns, nodes, at }))),
);

test("every family is covered, and says of each what it does with rows seen in part", () => {
  expect(new Set([...inOrder, ...cases.map(({ family }) => family)])).toEqual(new Set(Object.keys(families)));
  for (const { family, columns } of cases) expect(emissionOf(columns, [family]).missing).toBe("exact");
});

describe.each(cases)("$family, $in, where only column $at was seen", ({ family, columns, nodes, at }) => {
  const other = 1 - at;
  const emission = families[family]!.family(columns);
  const raw = rawOf(emission, family, columns);
  const scored = scorer(emission, raw, 2);
  const rowOf = (own: number, rest: number) => (at === 0 ? [own, rest] : [rest, own]);
  /** What it may sum to where a density of the other column has a mass at 0 beside. */
  const nodesOf = (column: Column) =>
    family === "zero-inflated-beta"
      ? nodes(column)
      : nodes(column).filter(({ value }) => column.kind !== "proportion" || value > 0);

  const likelyOf = async (nats: Awaited<ReturnType<typeof scorer>>, rest: readonly Node[]) => {
    const own = nodesOf(columns[at]!);
    return quantilesOf(
      own,
      await nats(
        own.map(({ value }) => rowOf(value, rest[0]!.value)),
        rowOf(1, 0),
      ),
    );
  };

  test("its log-probability is the log of the sum over the other", async () => {
    const nats = await scored;
    const rest = nodesOf(columns[other]!);
    const values = await likelyOf(nats, rest);
    const alone = await nats(
      values.map((value) => rowOf(value, rest[0]!.value)),
      rowOf(1, 0),
    );
    for (const [i, value] of values.entries()) {
      const joint = await nats(
        rest.map((node) => rowOf(value, node.value)),
        [1, 1],
      );
      const shares = joint.map((each, n) => Math.exp(each - alone[i]!) * rest[n]!.width);
      expect(Math.abs(sum(shares) - 1), `at ${value}`).toBeLessThan(1.5e-3);
    }
  });

  test("draws of the other have the mean and spread of what it is then", async () => {
    if (columns[other]!.kind === "categorical") return; // levels have neither
    const nats = await scored;
    const rest = nodesOf(columns[other]!);
    const value = (await likelyOf(nats, rest))[2]!;
    const joint = await nats(
      rest.map((node) => rowOf(value, node.value)),
      [1, 1],
    );
    const weights = joint.map((each, n) => Math.exp(each) * rest[n]!.width);
    const average = (of: (value: number) => number) =>
      sum(weights.map((weight, n) => weight * of(rest[n]!.value))) / sum(weights);
    const mean = average((each) => each);
    const variance = average((each) => (each - mean) ** 2);
    const fourth = average((each) => (each - mean) ** 4);
    const drawn = await drawsOf(emission, raw, { row: rowOf(value, rest[0]!.value), seen: rowOf(1, 0) });
    const found = drawn.map((row) => row[other]!);
    expect(drawn.every((row) => row[at] === Math.fround(value))).toBe(true);
    const own = sum(found) / found.length;
    const spread = sum(found.map((each) => (each - own) ** 2)) / found.length;
    expect(Math.abs(own - mean)).toBeLessThan(
      4 * Math.sqrt(variance / found.length) + 1e-3 * Math.sqrt(variance),
    );
    expect(Math.abs(spread - variance)).toBeLessThan(
      4 * Math.sqrt((fourth - variance ** 2) / found.length) + 3e-3 * variance,
    );
  });
});

/** Rows whose missing entry is drawn. */
async function drawsOf(
  emission: Emission,
  raw: Tensor,
  { row, seen }: { readonly row: readonly number[]; readonly seen: readonly number[] },
  count = 20_000,
): Promise<number[][]> {
  const random = Random.stream(29, "draws");
  const uniform = input("uniform", [count, emission.uniforms]);
  const normal = input("normal", [count, emission.normals]);
  const x = input("x", [count, row.length]);
  const marks = and(equal(x, x), greater(input("seen", [row.length]), 0));
  const rows = completed(emission, raw, { x, seen: marks }, { uniform, normal }, scalar(1));
  const executable = await runtime.compile(compile({ rows }));
  const all = await executable.run({
    uniform: float32(
      [count, emission.uniforms],
      Float32Array.from({ length: count * emission.uniforms }, () => Math.max(random.uniform(), 2 ** -25)),
    ),
    normal: float32(
      [count, emission.normals],
      Float32Array.from({ length: count * emission.normals }, () => random.normal()),
    ),
    x: float32(
      [count, row.length],
      Float32Array.from({ length: count * row.length }, (_, i) => row[i % row.length]!),
    ),
    seen: float32([row.length], Float32Array.from(seen)),
  });
  await executable.dispose();
  const { data } = all["rows"] as TensorValue<"float32">;
  return Array.from({ length: count }, (_, i) => [...data.subarray(i * row.length, (i + 1) * row.length)]);
}

describe("of mixed columns in an order of their own", () => {
  const [real] = settings;
  const binary: Column = {
    ...real!.columns[0]!,
    name: "flag",
    kind: "binary",
    mean: 0.3,
    standardDeviation: 0.5,
  };
  const columns = [{ ...real!.columns[0]!, name: "dx" }, binary, { ...real!.columns[1]!, name: "dy" }];
  const emission = emissionOf(columns, ["bivariate"]);
  const raw = rawOf(emission, "mixed", columns);

  test("a lone entry of a pair has its marginal, and draws of the other know it", async () => {
    const nats = await scorer(emission, raw, 3);
    const nodes = real!.nodes(columns[0]!);
    const seen = [0, 1, 1];
    const [alone] = await nats([[9, 1, 0.8]], seen);
    const joint = await nats(
      nodes.map(({ value }) => [value, 1, 0.8]),
      [1, 1, 1],
    );
    const weights = joint.map((each, n) => Math.exp(each) * nodes[n]!.width);
    expect(Math.abs(Math.log(sum(weights)) - alone!)).toBeLessThan(1e-3);
    const mean = sum(weights.map((weight, n) => weight * nodes[n]!.value)) / sum(weights);
    const square = sum(weights.map((weight, n) => weight * nodes[n]!.value ** 2)) / sum(weights);
    const drawn = await drawsOf(emission, raw, { row: [0, 1, 0.8], seen });
    const own = sum(drawn.map((row) => row[0]!)) / drawn.length;
    expect(Math.abs(own - mean)).toBeLessThan(4 * Math.sqrt((square - mean ** 2) / drawn.length));
    expect(drawn.every((row) => row[1] === 1 && row[2] === Math.fround(0.8))).toBe(true);
  });
});
