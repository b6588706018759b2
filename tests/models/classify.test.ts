import { describe, expect, test } from "vitest";
import { input } from "../../src/graph/index.ts";
import { classifier } from "../../src/models/classify/classifier.ts";
import { Reader } from "../../src/models/classify/reader.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { AttentivePooling } from "../../src/nn/attentive-pooling.ts";
import { plainNet } from "../../src/nn/net.ts";
import type { Parameter } from "../../src/nn/parameters.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type TensorValue, type Values } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";
import { plainColumn } from "../data/temporary.ts";
import { errorOf } from "../run/scratch.ts";

const runtime = nodeRuntime();

/** Random weights for parameters, as inputs of their names. */
function weightsOf(parameters: readonly Parameter[], seed: number): Record<string, TensorValue> {
  const random = Random.stream(seed, "weights");
  return Object.fromEntries(
    parameters.map(({ name, shape }) => {
      const size = shape.reduce((all, each) => all * each, 1);
      return [
        name,
        float32(
          [...shape],
          Float32Array.from({ length: size }, () => random.normal()),
        ),
      ];
    }),
  );
}

const inputsOf = (parameters: readonly Parameter[]) => {
  const tensors = new Map(parameters.map(({ name, shape }) => [name, input(name, [...shape])]));
  return plainNet((name) => tensors.get(name)!);
};

async function ran(outputs: Parameters<typeof compile>[0], feeds: Values): Promise<Values> {
  const executable = await runtime.compile(compile(outputs));
  try {
    return await executable.run(feeds);
  } finally {
    await executable.dispose();
  }
}

const numbers = (value: TensorValue | undefined): number[] => Array.from(value!.data, Number);

test("attentive pooling shares out what is there, by hand", async () => {
  const pooling = new AttentivePooling("pooling", 1, 1);
  const h = input("h", ["T", "B", 1]);
  const isThere = input("there", ["T", "B", 1], "bool");
  const pooled = pooling.read(inputsOf(pooling.parameters), h, isThere);
  const found = await ran(
    { pooled },
    {
      "pooling.key.weight": float32([1, 1], Float32Array.of(2)),
      "pooling.key.bias": float32([1], Float32Array.of(-0.5)),
      "pooling.score.weight": float32([1, 1], Float32Array.of(3)),
      h: float32([3, 1, 1], Float32Array.of(0.2, 0.9, 50)),
      there: { dtype: "bool", shape: [3, 1, 1], data: Uint8Array.of(1, 1, 0) },
    },
  );
  const score = (value: number) => Math.exp(3 * Math.tanh(2 * value - 0.5));
  const expected = (0.2 * score(0.2) + 0.9 * score(0.9)) / (score(0.2) + score(0.9));
  expect(numbers(found["pooled"])[0]).toBeCloseTo(expected, 5);
});

describe("a reader", () => {
  const width = 2;
  const steps = { width, read: (_: unknown, { values }: { values: ReturnType<typeof input> }) => values };
  const reader = new Reader({
    ...{ field: "label", levels: 3, steps, reader: 2, states: { h: 2 }, grams: 10 },
  });
  const net = inputsOf(reader.parameters);
  const logits = reader.logits(net, {
    states: { h: input("h", ["T", "B", 2]) },
    x: { values: input("x", ["T", "B", width]), mask: input("mask", ["T", "B", width]) },
    inputs: {
      lengths: input("lengths", ["B"], "int64"),
      grams: input("grams", ["S", "B"], "int64"),
      "grams.mask": input("grams.mask", ["S", "B"]),
    },
  });
  const weights = weightsOf(reader.parameters, 3);
  const random = Random.stream(4, "data");
  const draw = (...shape: number[]) =>
    float32(
      shape,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    );
  const feeds = {
    ...weights,
    x: draw(4, 2, 2),
    h: draw(4, 2, 2),
    // The first row has four steps, the second two.
    mask: float32([4, 2, 2], Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0)),
    lengths: { dtype: "int64", shape: [2], data: BigInt64Array.of(4n, 2n) },
    grams: { dtype: "int64", shape: [3, 2], data: BigInt64Array.of(7n, 1n, 2n, 0n, 9n, 0n) },
    "grams.mask": float32([3, 2], Float32Array.of(1, 1, 1, 0, 1, 0)),
  } as const;

  test("adds the rows of its n-grams over the root of their number, straight into the logits", async () => {
    const whole = numbers((await ran({ logits }, feeds))["logits"]);
    const table = weights["readout.grams"] as TensorValue<"float32">;
    const without = { ...feeds, "readout.grams": float32([10, 3], new Float32Array(30)) };
    const deep = numbers((await ran({ logits }, without))["logits"]);
    const row = (gram: number, level: number) => table.data[gram * 3 + level]!;
    for (let level = 0; level < 3; level++) {
      const first = (row(7, level) + row(2, level) + row(9, level)) / Math.sqrt(3);
      expect(whole[level]! - deep[level]!).toBeCloseTo(first, 4);
      expect(whole[3 + level]! - deep[3 + level]!).toBeCloseTo(row(1, level), 4);
    }
  });

  test("knows nothing of what stands beyond the end of a row", async () => {
    const before = numbers((await ran({ logits }, feeds))["logits"]);
    const [x, h] = [feeds.x, feeds.h].map(({ shape, data }) => {
      const other = data.slice();
      for (const t of [2, 3]) other.fill(1e3, (t * 2 + 1) * 2, (t * 2 + 2) * 2);
      return float32(shape, other);
    });
    const grams = { ...feeds.grams, data: BigInt64Array.of(7n, 1n, 2n, 5n, 9n, 6n) };
    const after = numbers((await ran({ logits }, { ...feeds, x: x!, h: h!, grams }))["logits"]);
    after.forEach((each, i) => void expect(each).toBeCloseTo(before[i]!, 4));
  });

  test("reads in both directions: the last step and the first one count", async () => {
    const logitsOf = async (t: number) => {
      const data = feeds.x.data.slice();
      data[t * 4] = data[t * 4]! + 1; // of the first row
      return numbers((await ran({ logits }, { ...feeds, x: float32([4, 2, 2], data) }))["logits"]);
    };
    const before = numbers((await ran({ logits }, feeds))["logits"]);
    for (const t of [0, 3]) {
      const after = await logitsOf(t);
      expect(Math.abs(after[0]! - before[0]!)).toBeGreaterThan(1e-4);
      expect(after.slice(3)).toEqual(before.slice(3)); // the other row is left alone
    }
  });
});

test("a classifier is the VRNN that it is made of, with a reader's parameters behind", () => {
  const model = new Vrnn({ tokens: 7, embedding: 4, tied: true, hidden: 6, latent: 2 });
  const steps = { width: 4, read: () => input("x", ["T", "B", 4]) };
  const reader = new Reader({ field: "label", levels: 2, steps, reader: 3, states: { h: 6 } });
  const made = classifier(model, reader);
  expect(made.parameters).toEqual([...model.parameters, ...reader.parameters]);
  expect(made.parameters.map(({ name }) => name)).not.toContain("readout.grams");
  expect(made.latents).toBe(model.latents);
  expect(Object.keys(made.dropoutSites)).toEqual([...Object.keys(model.dropoutSites), "read", "reader"]);
});

test("the family wants a label of the whole sequence, of texts or of columns", () => {
  const { build } = modelFamilies.classify;
  const refused = { code: "model/readout", at: "--model" };
  expect(errorOf(() => build({ tokens: 7 }, {}))).toMatchObject(refused);
  const over = { field: "label", levels: 2 };
  expect(errorOf(() => build({ tokens: 7, readout: { ...over, over: "step" } }, {}))).toMatchObject(refused);
  const readout = { ...over, over: "sequence" } as const;
  const grams = { kind: "features", role: "static", axis: "S", size: 50 } as const;
  const names = (options: object) =>
    build({ tokens: 7, grams, readout }, options).parameters.map(({ name }) => name);
  expect(names({})).toContain("readout.grams");
  expect(names({ nGrams: false })).not.toContain("readout.grams");
  const ofColumns = build({ columns: [plainColumn("a")], readout }, {});
  expect(ofColumns.readout?.over).toBe("sequence");
});
