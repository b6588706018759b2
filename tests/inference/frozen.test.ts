/** Weights inside programs: the same numbers as weights that are fed. */
import { describe, expect, test } from "vitest";
import { datasetFromArrays } from "../../src/data/tables/arrays.ts";
import { frozen } from "../../src/inference/frozen.ts";
import { generationProgram } from "../../src/inference/generation-program.ts";
import { particleFilterProgram } from "../../src/inference/particle-filter-program.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import type { LowerOptions, Program } from "../../src/onnx/lower.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { float32, type Values } from "../../src/runtime/runtime.ts";
import { unrollProgram } from "../../src/train/programs.ts";
import { initialWeights } from "../../src/train/weights.ts";

const wave = (phase: number) => Array.from({ length: 12 }, (_, t) => Math.sin(t / 3 + phase));
const { columns } = datasetFromArrays([{ a: wave(0), b: wave(1) }]);
const modelOf = (hidden: number) =>
  new Vrnn({ columns, hidden, latent: 8, cell: "gru", layers: 1, residual: true });

const large = modelOf(160); // 1.4 MB of weights
const weights = initialWeights(large.parameters, 1);

async function run(program: Program, feeds: Values): Promise<Values> {
  const executable = await nodeRuntime().compile(program);
  const results = await executable.run(feeds);
  await executable.dispose();
  return results;
}

/** Numbers for what a program takes beside weights. */
function feedsOf({ inputs }: Program): Values {
  const random = Random.stream(1, "frozen");
  const sizes: Readonly<Record<string, number>> = { T: 12, B: 3 };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, type]) => {
      const shape = type.shape.map((dim) => (typeof dim === "number" ? dim : (sizes[dim] as number)));
      const data = new Float32Array(shape.reduce((all, size) => all * size, 1));
      return [
        name,
        float32(
          shape,
          data.map(() => random.uniform()),
        ),
      ];
    }),
  );
}

type Make = (options?: LowerOptions) => Program;
const programs: Readonly<Record<string, Make>> = {
  score: (options) => unrollProgram(large, ["logLikelihood", "kl", "emissionMean"], options),
  sample: (options) => generationProgram(large, options),
  filter: (options) => particleFilterProgram(large, { parts: ["logLikelihood", "predictiveMean"] }, options),
};

describe.each(Object.entries(programs))("programs that %s", (_, make) => {
  test("take no weights, and give what they give of those that are fed", async () => {
    const [fed, inside] = [make(), make(frozen(weights))];
    expect(Object.keys(inside.inputs)).toEqual(
      Object.keys(fed.inputs).filter((name) => name !== "parameters"),
    );
    const feeds = feedsOf(inside);
    const expected = await run(fed, { ...feeds, parameters: float32([weights.length], weights) });
    for (const [name, { data }] of Object.entries(await run(inside, feeds)))
      data.forEach((value, i) => {
        expect(value as number).toBeCloseTo(expected[name]!.data[i] as number, 4);
      });
  });
});

test("small models are fed their weights: laid out beforehand they would be slower", () => {
  const small = modelOf(16);
  expect(frozen(initialWeights(small.parameters, 1))).toEqual({});
});
