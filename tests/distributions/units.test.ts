/** Emissions under units of their own: log-probabilities are of the values in the units of the data. */
import { describe, expect, test } from "vitest";
import type { Column } from "../../src/data/dataset.ts";
import { columnUnits } from "../../src/data/inputs.ts";
import type { Emission, EmissionUnits } from "../../src/distributions/emission.ts";
import { families } from "../../src/distributions/families.ts";
import { emissionOf } from "../../src/distributions/mixed.ts";
import { normalLogMass } from "../../src/distributions/normal-mass.ts";
import { cast, constant, greater, input, mul, scalar, type Tensor } from "../../src/graph/index.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type Values } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";
import { plainColumn } from "../data/temporary.ts";

const runtime = nodeRuntime();
const names = Object.keys(families).filter((name) => ["real", "quantised"].includes(families[name]!.kind));

/** Two columns, with and without a grid, in units that differ from the ones that follow. */
const columnsFor = (name: string): Column[] =>
  families[name]!.kind === "quantised"
    ? [
        plainColumn("a", {
          kind: "quantised",
          resolution: 1,
          range: [0, 255],
          mean: 120,
          standardDeviation: 40,
        }),
        plainColumn("b", { kind: "quantised", resolution: 1, range: [0, 15], mean: 5, standardDeviation: 3 }),
      ]
    : [
        plainColumn("a", { resolution: 0.25, mean: 3, standardDeviation: 2 }),
        plainColumn("b", { mean: -1, standardDeviation: 0.1 }),
      ];

/** The same columns, had their statistics been these. */
const restated = (columns: readonly Column[], shift: readonly number[], scale: readonly number[]): Column[] =>
  columns.map((column, d) => ({ ...column, mean: shift[d]!, standardDeviation: scale[d]! }));

const [rows, width] = [6, 2];

/** Everything that an emission says of rows of `x` `[rows, D]`, in the units that they are scaled by. */
async function told(emission: Emission, x: readonly number[], units?: Values) {
  const random = Random.stream(2, "raw");
  const numbers = (size: number, draw: () => number) =>
    float32([rows, size], Float32Array.from({ length: rows * size }, draw));
  const given = {
    raw: numbers(emission.width, () => random.normal()),
    last: numbers(width, () => random.normal()),
    age: numbers(width, () => random.integer(4)),
    uniform: numbers(emission.uniforms, () => 0.05 + 0.9 * random.uniform()),
    normal: numbers(emission.normals, () => random.normal()),
    x: float32([rows, width], Float32Array.from(x)),
  };
  const of = (name: keyof typeof given) => input(name, given[name].shape);
  const [output, values] = [of("raw"), of("x")];
  const last = { value: of("last"), age: of("age") };
  const rawOf = (given: Tensor) => emission.recall?.(given, last) ?? given;
  const raw = rawOf(output);
  const seen = greater(cast(constant(Array<number>(rows * width).fill(1), [rows, width]), "float32"), 0);
  const outputs: Record<string, Tensor> = {
    logProbability: emission.logProbability(raw, values, seen),
    sample: emission.sample(raw, { uniform: of("uniform"), normal: of("normal") }, scalar(1)),
    mean: emission.mean(raw),
    ...(emission.cdf && { cdf: emission.cdf(raw, values) }),
    ...(emission.kl && { kl: emission.kl(raw, rawOf(mul(output, 0.5))) }),
  };
  const executable = await runtime.compile(compile(outputs));
  const results = await executable.run({ ...given, ...units });
  await executable.dispose();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, [...data].map(Number)]));
}

/** Inputs of units, and what feeds them; each row may have its own. */
function unitsOf(columns: readonly Column[], shift: readonly number[], scale: readonly number[]) {
  const { cell, scale: usual } = columnUnits(columns);
  const each = (of: (i: number) => number) =>
    float32(
      [shift.length / width, width],
      Float32Array.from(shift, (_, i) => of(i)),
    );
  const values = {
    shift: each((i) => shift[i]!),
    scale: each((i) => scale[i]!),
    cell: each((i) => (cell[i % width]! * usual[i % width]!) / scale[i]!),
  };
  const tensors = Object.fromEntries(
    Object.entries(values).map(([name, { shape }]) => [name, input(name, shape)]),
  ) as unknown as EmissionUnits;
  return { values, tensors };
}

const close = (actual: Record<string, number[]>, expected: Record<string, number[]>) => {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, numbers] of Object.entries(expected))
    numbers.forEach((number, i) => {
      expect(Math.abs(actual[name]![i]! - number) / (1 + Math.abs(number)), `${name} ${i}`).toBeLessThan(
        2e-5,
      );
    });
};

describe.each(names)("%s", (name) => {
  const columns = columnsFor(name);
  const emission = families[name]!.family(columns);
  /** On the grid of both kinds of columns once they are scaled by any of the units below. */
  const x = [0.5, -0.25, 1, 0.75, -1, 0, 0.25, 2, 0, -0.5, 1.5, -2];

  test("under the units of its columns says what it says without", async () => {
    const { shift, scale } = columnUnits(columns);
    const { values, tensors } = unitsOf(columns, [...shift], [...scale]);
    close(await told(emission.under!(tensors), x, values), await told(emission, x));
  });

  test("under others says what it says of columns whose statistics they are, row by row", async () => {
    const random = Random.stream(4, name);
    const shift = Array.from({ length: rows * width }, () => 4 + random.normal());
    const scale = Array.from({ length: rows * width }, () => Math.exp(1.5 * random.normal()));
    const { values, tensors } = unitsOf(columns, shift, scale);
    const under = await told(emission.under!(tensors), x, values);
    for (let row = 0; row < rows; row++) {
      const place = [row * width, (row + 1) * width] as const;
      const own = restated(columns, shift.slice(...place), scale.slice(...place));
      const expected = await told(families[name]!.family(own), x);
      const rowOf = (all: Record<string, number[]>) =>
        Object.fromEntries(Object.entries(all).map(([part, numbers]) => [part, numbers.slice(...place)]));
      close(rowOf(under), rowOf(expected));
    }
  });
});

test("what is not scaled reads no units", () => {
  for (const [name, { kind, family }] of Object.entries(families)) {
    if (names.includes(name)) continue;
    const column = plainColumn("a", {
      kind,
      mean: 0.5,
      ...(kind === "categorical" && { levels: ["u", "v"], shares: [0.5, 0.5] }),
    });
    expect(family([column]).under, name).toBeUndefined();
  }
});

test("a distribution that has no other units than those of its columns refuses them by name", () => {
  const { under: _, ...plain } = families["gaussian"]!.family([plainColumn("a")]);
  const registry = families as Record<string, (typeof families)[string]>;
  registry["plain"] = { kind: "real", family: () => plain };
  try {
    const mixed = emissionOf([plainColumn("a"), plainColumn("b")], ["a=plain"]);
    const each = (name: string) => input(name, [2]);
    const units = { shift: each("shift"), scale: each("scale"), cell: each("cell") };
    expect(() => mixed.under!(units)).toThrow(/plain knows no units but those of its columns/);
  } finally {
    delete registry["plain"];
  }
});

test("a normal density has the Jacobian of its units, a recorded value the mass of its cell", async () => {
  const columns = columnsFor("gaussian");
  const { values, tensors } = unitsOf(columns, [10, -3], [0.5, 40]);
  const emission = families["gaussian"]!.family(columns).under!(tensors);
  const data = Array.from({ length: rows * width }, (_, i) => (i % 2 === 0 ? 10 + i / 4 : -3 + 7 * i));
  const x = data.map((value, i) => (value - [10, -3][i % 2]!) / [0.5, 40][i % 2]!);
  const { logProbability } = await told(emission, x, values);
  const random = Random.stream(2, "raw");
  for (let row = 0; row < rows; row++) {
    const raw = Array.from({ length: 4 }, () => random.normal()); // [means | scales]
    for (let d = 0; d < width; d++) {
      const [shift, size] = [[10, -3][d]!, [0.5, 40][d]!];
      const cell = d === 0 ? 0.25 : 0; // of the data
      const least = d === 0 ? cell / 2 : 1e-4 * size;
      const deviation = size * Math.log1p(Math.exp(raw[2 + d]!)) + least;
      const mean = shift + size * raw[d]!;
      const density = normalLogMass(data[row * width + d]!, mean, deviation, {
        resolution: cell,
        standardDeviation: size,
      });
      expect(logProbability![row * width + d]).toBeCloseTo(density, 3);
    }
  }
});

test("the masses of a discretised logistic mixture are differences of its CDF, and sum to one under any units", async () => {
  const column = plainColumn("a", {
    kind: "quantised",
    resolution: 1,
    range: [0, 11],
    mean: 5,
    standardDeviation: 3,
  });
  const emission = families["logistics"]!.family([column]);
  const [shift, scale] = [8, 0.7];
  const cells = Array.from({ length: 12 }, (_, value) => value);
  const shape = [12, 1];
  const raw = Float32Array.from({ length: emission.width }, (_, i) => Math.sin(3 * i));
  const under = emission.under!({
    shift: input("shift", [1]),
    scale: input("scale", [1]),
    cell: input("cell", [1]),
  });
  const x = input("x", shape);
  const nats = under.logProbability(input("raw", [1, emission.width]), x, greater(x, -1e9));
  const executable = await runtime.compile(compile({ nats }));
  const one = (value: number) => float32([1], Float32Array.of(value));
  const results = await executable.run({
    raw: float32([1, emission.width], raw),
    x: float32(
      shape,
      Float32Array.from(cells, (value) => (value - shift) / scale),
    ),
    shift: one(shift),
    scale: one(scale),
    cell: one(1 / scale),
  });
  await executable.dispose();
  const K = emission.width / 3;
  const weights = Array.from(raw.subarray(0, K), Math.exp);
  const total = weights.reduce((all, each) => all + each, 0);
  const upTo = (value: number) =>
    weights.reduce((all, weight, k) => {
      const mean = shift + scale * raw[K + k]!;
      const spread = scale * Math.log1p(Math.exp(raw[2 * K + k]!)) + 0.1;
      return all + (weight / total) * (1 / (1 + Math.exp(-(value - mean) / spread)));
    }, 0);
  const masses = [...results["nats"]!.data].map((each) => Math.exp(Number(each)));
  cells.forEach((value) => {
    const expected = (value === 11 ? 1 : upTo(value + 0.5)) - (value === 0 ? 0 : upTo(value - 0.5));
    expect(masses[value]).toBeCloseTo(expected, 5);
  });
  expect(masses.reduce((all, each) => all + each, 0)).toBeCloseTo(1, 5);
});

test("mixed columns in any order are each under their own units", async () => {
  const columns = [
    plainColumn("a"),
    plainColumn("flag", { kind: "binary", mean: 0.5 }),
    plainColumn("b"),
    plainColumn("c"),
  ];
  const asked = ["a=student-t", "b=laplace"];
  const [shift, scale] = [
    [3, 0, -2, 7],
    [0.5, 1, 4, 20],
  ] as const;
  const emission = emissionOf(columns, asked);
  const own = columns.map((column, d) =>
    column.kind === "real" ? { ...column, mean: shift[d]!, standardDeviation: scale[d]! } : column,
  );
  const each = (name: string) => input(name, [4]);
  const x = constant([0.5, 1, -1, 0.25], [1, 4]);
  const raw = input("raw", [1, emission.width]);
  const under = emission.under!({ shift: each("shift"), scale: each("scale"), cell: each("cell") });
  const executable = await runtime.compile(
    compile({
      under: under.logProbability(raw, x, greater(x, -9)),
      expected: emissionOf(own, asked).logProbability(raw, x, greater(x, -9)),
    }),
  );
  const random = Random.stream(8, "raw");
  const results = await executable.run({
    raw: float32(
      [1, emission.width],
      Float32Array.from({ length: emission.width }, () => random.normal()),
    ),
    shift: float32([4], Float32Array.from(shift)),
    scale: float32([4], Float32Array.from(scale)),
    cell: float32([4], new Float32Array(4)),
  });
  await executable.dispose();
  close(
    { nats: [...results["under"]!.data].map(Number) },
    { nats: [...results["expected"]!.data].map(Number) },
  );
});
