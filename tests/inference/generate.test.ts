import { describe, expect, test, vi } from "vitest";
import {
  Feeder,
  type Fields,
  generateRows,
  initialWeights,
  inputSpecs,
  type Part,
  prefixStates,
  stateShapes,
  type TensorValue,
  unrollProgram,
  type Values,
} from "vrnn";
import { nodeRuntime } from "vrnn/node";
import { EncoderDecoder } from "../../examples/models/encoder-decoder.ts";
import "../built.ts";

vi.mock("vrnn", () => import("../../src/index.ts")); // examples import what is built
vi.mock("vrnn/node", () => import("../../src/node.ts"));

const vocabulary = { unit: "characters", tokens: ["a", "b", "c", "d", "e", "f"] } as const;
const fields: Fields = {
  source: { kind: "tokens", role: "source", axis: "S", vocabulary },
  x: { kind: "tokens", role: "target", axis: "T", vocabulary },
};
const model = new EncoderDecoder({ tokens: 10, hidden: 8, attends: true });
/** Large ones, so that what is written changes from step to step and from source to source. */
const weights = initialWeights(model.parameters, 2).map((weight) => 4 * weight);
const runtime = nodeRuntime();
const settings = { runtime, model, weights, seed: 1 };
const sources = [
  [4, 5, 6, 7, 8, 9],
  [9, 4],
  [7, 7, 7, 5],
];
const steps = 12;

const float32 = (shape: readonly number[], data: Float32Array): TensorValue => ({
  dtype: "float32",
  shape,
  data,
});

const partOf = (source: readonly number[], x: readonly number[]): Part => ({
  length: x.length,
  values: { source: Int32Array.from(source), x: Int32Array.from(x) },
});

/** The likeliest token after the other. */
async function greedy(read: readonly (readonly number[])[], states: Values = {}, length = steps) {
  const feeder = new Feeder(
    inputSpecs(model).filter(({ field }) => field === "source"),
    fields,
  );
  const parts = read.map((source) => partOf(source, []));
  const rows = await generateRows({
    ...settings,
    count: read.length,
    steps: length,
    temperature: 1e-4,
    states,
    known: () => feeder.feed(parts)[0]!,
  });
  return rows.map(({ x }) => [...x]);
}

describe("rows that are generated from a source", () => {
  test("are what the model expects of each step when it is told the steps before", async () => {
    const written = await greedy(sources);
    const program = await runtime.compile(unrollProgram(model, ["emissionMean"]));
    const parts = written.map((x, row) => partOf(sources[row]!, x));
    const states = Object.entries(stateShapes(model)).map(([part, [width = 1]]) => [
      `state.${part}`,
      float32([3, width], new Float32Array(3 * width)),
    ]);
    const { emissionMean: expected } = await program.run({
      parameters: float32([weights.length], weights),
      noise: float32([steps, 3, 0], new Float32Array()),
      ...new Feeder(inputSpecs(model), fields).feed(parts)[0],
      ...Object.fromEntries(states),
    });
    await program.dispose();
    const told = written.map((_, row) =>
      Array.from({ length: steps }, (_, t) => Number(expected!.data[t * 3 + row])),
    );
    expect(written).toEqual(told);
    expect(new Set(written.flat()).size).toBeGreaterThan(2);
    expect(new Set(written.map(String)).size).toBe(3);
  });

  test("do not depend on how far the sources beside them pad theirs", async () => {
    const together = await greedy(sources);
    for (const [row, source] of sources.entries()) expect(await greedy([source])).toEqual([together[row]]);
  });

  test("go on from the states after their beginnings", async () => {
    const written = await greedy(sources);
    const begun = written.map((x, row) => partOf(sources[row]!, x.slice(0, 5)));
    const states = await prefixStates({ ...settings, fields }, begun);
    expect(states["state.h"]!.shape).toEqual([3, 8]);
    expect(await greedy(sources, states, steps - 5)).toEqual(written.map((x) => x.slice(5)));
  });

  test("go on from the same states however their beginnings are cut into windows", async () => {
    const begun = sources.map((source) => partOf(source, [4, 9, 5, 8, 6, 7, 4]));
    const [whole, cut] = await Promise.all(
      [256, 3].map((window) => prefixStates({ ...settings, fields, window }, begun)),
    );
    expect(Object.keys(cut!)).toEqual(Object.keys(whole!));
    for (const [name, { data }] of Object.entries(whole!))
      for (const [i, value] of Array.from(data, Number).entries())
        expect(Number(cut![name]!.data[i])).toBeCloseTo(value, 5);
  });
});
