/** The VRNN of video: what the conformance suite does not say. */
import { expect, test } from "vitest";
import type { Fields } from "../../src/data/fields.ts";
import { memorySource } from "../../src/data/source.ts";
import { constant, filledLike, input, mul } from "../../src/graph/index.ts";
import { frameMaps } from "../../src/inference/frame-maps.ts";
import type { FrameMeasureName } from "../../src/inference/frame-measure-names.ts";
import { scoreRows } from "../../src/inference/score.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { sequenceInputs, unroll } from "../../src/models/unroll.ts";
import { differenceEmission } from "../../src/models/video-vrnn/difference.ts";
import { Movement } from "../../src/models/video-vrnn/moved.ts";
import { VideoVrnn } from "../../src/models/video-vrnn/video-vrnn.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { weightsByName } from "../../src/nn/weights.ts";
import { finish } from "../../src/passes/optimise.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { TensorValue } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { scansBelow } from "../graph/inspect.ts";

const runtime = nodeRuntime();
const [height, width] = [8, 16];

test("only what recurs stays in the loop: the cell's state, prior and posterior; no encoder, decoder or likelihood", () => {
  const model = new VideoVrnn({ shape: [height, width], hidden: 4, latent: 2, channels: 2 });
  const weight = weightsByName(
    model.parameters,
    model.parameters.map(({ name, shape }) => input(name, shape)),
  );
  const { logLikelihood } = unroll(model, weight, sequenceInputs(model));
  const [after] = finish([logLikelihood]);
  const loops = scansBelow(after!);
  const convolutions = loops.map((ops) => ops.filter((op) => op === "convolution").length);
  // h and z to the gates; h to the prior's hidden layer and to the posterior's; their two last layers.
  expect(convolutions.filter((count) => count > 0)).toEqual([6]);
  const all = new Set(loops.flat());
  for (const op of ["transposedConvolution", "logSigmoid", "logSumExp"]) expect(all).not.toContain(op);
});

test("the probabilities of all shades sum to one, around the last frame and before any", async () => {
  const { emission } = differenceEmission({ frame: [1, 1, 1], levels: 256, components: 2, reach: 0 });
  const levels = Array.from({ length: 256 }, (_, level) => level / 255);
  const output = constant(Array.from({ length: 256 }, () => [0.3, -0.2, 1, -2, -3, -1]).flat(), [256, 6]);
  const x = mul(constant(levels, [256, 1]), 1);
  const seen = constant(Array<number>(256).fill(1), [256, 1]);
  const nats = (age: number) => {
    const last = { value: filledLike(x, age > 0 ? 0.4 : 0), age: filledLike(x, age) };
    return emission.logProbability(emission.recall!(output, last), x, seen);
  };
  const executable = await runtime.compile(compile({ after: nats(1), before: nats(0) }));
  const results = await executable.run({});
  await executable.dispose();
  for (const name of ["after", "before"]) {
    const { data } = results[name] as TensorValue<"float32">;
    expect(Array.from(data, (each) => Math.exp(each)).reduce((all, p) => all + p, 0)).toBeCloseTo(1, 4);
  }
});

const field = {
  kind: "frames",
  role: "target",
  axis: "T",
  shape: [height, width],
  storage: "uint8",
} as const;
const fields: Fields = { x: { ...field, range: [0, 255] } };
const clips = [3, 5].map((length, i) => ({
  name: `clip ${i}`,
  length,
  values: {
    x: Uint8Array.from({ length: length * height * width }, (_, at) => (at * 7 + i * 31 + (at % 13)) % 256),
  },
}));

async function mapsOf(measure: FrameMeasureName, latent = 2) {
  const model = new VideoVrnn({ shape: [height, width], hidden: 4, latent, channels: 2 });
  const settings = { runtime, model, weights: initialWeights(model.parameters, 1), fields, seed: 3 };
  const found: { readonly i: number; readonly t: number; readonly map: Float64Array }[] = [];
  const source = memorySource(clips, fields);
  for await (const one of frameMaps({ ...settings, source, measure, window: 2 })) found.push(one);
  return { found, scores: await scoreRows({ ...settings, sequences: clips }) };
}

const sumOf = (values: Float64Array) => values.reduce((all, value) => all + value, 0);

test("the surprise of a frame's pixels is minus its bound, their divergence that of the frame", async () => {
  for (const [measure, part, sign] of [
    ["surprise", "total", -1],
    ["divergence", "kl", 1],
  ] as const) {
    const { found, scores } = await mapsOf(measure);
    expect(found).toHaveLength(8);
    for (const { i, t, map } of found) {
      const expected = sign * scores[i]![part][t]!;
      expect(Math.abs(sumOf(map) - expected)).toBeLessThan(1e-3 * Math.max(1, Math.abs(expected)));
    }
  }
});

test("the error of a prediction knows nothing of the frame: of the first one it is that of the middle", async () => {
  const { found } = await mapsOf("error");
  for (const { i, map } of found.filter(({ t }) => t === 0))
    map.forEach((error, at) => {
      expect(error).toBeCloseTo((clips[i]!.values.x[at]! / 255 - 0.5) ** 2, 2);
    });
});

test("a model without latent variables has no divergence", async () => {
  await expect(mapsOf("divergence", 0)).rejects.toThrow(expect.objectContaining({ code: "frames/latents" }));
});

test.each([[[12, 8]], [[8]], [[2, 8, 8, 3]]])("frames of %j are refused", (shape) => {
  const build = () => modelFamilies["video-vrnn"].build({ frames: shape, levels: 256 }, {});
  expect(build).toThrow(expect.objectContaining({ code: "model/frames" }));
});

test("a pixel comes from where its weights say, sideways and then up and down, and is 0 from beyond the edges", async () => {
  const [high, wide, colours, reach] = [4, 5, 2, 2];
  const movement = new Movement([high, wide, colours], reach);
  const last = Array.from({ length: high * wide * colours }, (_, i) => (i + 1) / 40);
  const size = high * wide;
  const origins = [3, 7].map((by) => Array.from({ length: size }, (_, i) => ((by * i + by) % 5) - reach));
  const logits = origins.flatMap((own) =>
    Array.from({ length: 5 * size }, (_, k) => (own[k % size]! + reach === Math.floor(k / size) ? 60 : 0)),
  );
  const moved = movement.apply(constant(last, [1, last.length]), constant(logits, [1, logits.length]));
  const executable = await runtime.compile(compile({ moved }));
  const { data } = (await executable.run({}))["moved"] as TensorValue<"float32">;
  await executable.dispose();
  const at = (row: number, column: number, colour: number, read: (place: number) => number) =>
    row < 0 || row >= high || column < 0 || column >= wide
      ? 0
      : read((row * wide + column) * colours + colour);
  const [across, down] = origins as [number[], number[]];
  for (let i = 0; i < size; i++)
    for (const colour of [0, 1]) {
      const [row, column] = [Math.floor(i / wide), i % wide];
      const expected = at(row + down[i]!, column, colour, (place) =>
        at(row + down[i]!, column + across[Math.floor(place / colours)]!, colour, (from) => last[from]!),
      );
      expect(data[colours * i + colour]).toBeCloseTo(expected, 5);
    }
});

test("before anything was learnt half of a pixel is that of its own place along an axis", () => {
  const { initialBias, logits } = new Movement([8, 8, 1], 3);
  const shares = initialBias.slice(0, 7).map(Math.exp);
  expect(logits).toBe(14);
  expect(shares[3]! / shares.reduce((total, each) => total + each, 0)).toBeCloseTo(0.5, 6);
});

test("a model whose pixels move tells densities of the same frames, by weights for where they come from", async () => {
  const [still, moving] = [0, 1].map((reach) => modelOf(reach));
  const more = (moving!.emission.outputs ?? 0) - (still!.emission.outputs ?? 0);
  expect(more).toBe(2 * 3 * height * width);
  expect(moving!.emission.width).toBe(still!.emission.width);
  const settings = { runtime, fields, seed: 3, sequences: clips };
  const scores = await scoreRows({
    ...settings,
    model: moving!,
    weights: initialWeights(moving!.parameters, 1),
  });
  for (const { total } of scores) for (const nats of total) expect(Number.isFinite(nats)).toBe(true);
});

test.each([
  ["from the left", [3, 7], [0, 1]],
  ["from below", [4, 8], [-1, 0]],
] as const)(
  "a model whose decoder says %s expects the last frame, moved",
  async (_, channels, [down, across]) => {
    const model = modelOf(1);
    const weights = new Float32Array(countOf(model.parameters));
    // Three channels tell weights, changes and scales; then come those of left, middle and right, and of above, middle and below.
    const before = model.parameters.slice(
      0,
      model.parameters.findIndex(({ name }) => name === "decoder.out.bias"),
    );
    for (const channel of channels) weights[countOf(before) + channel] = 60;
    weights[countOf(before) + 2] = -20; // so narrow that the edges of the range do not move the mean
    const frames = [Uint8Array.from({ length: height * width }, (__, i) => 40 + ((37 * i) % 200))];
    for (let t = 1; t < 4; t++)
      frames.push(
        Uint8Array.from({ length: height * width }, (__, i) => {
          const [row, column] = [Math.floor(i / width) - down, (i % width) - across];
          return row < 0 || row >= height || column < 0 ? 0 : frames[t - 1]![row * width + column]!;
        }),
      );
    const clip = {
      name: "moving",
      length: 4,
      values: { x: Uint8Array.from(frames.flatMap((each) => [...each])) },
    };
    const settings = { runtime, model, weights, fields, seed: 3, source: memorySource([clip], fields) };
    for await (const { t, map } of frameMaps({ ...settings, measure: "error" }))
      if (t > 0) expect(Math.max(...map)).toBeLessThan(1e-6);
  },
);

const modelOf = (reach: number) =>
  new VideoVrnn({ shape: [height, width], hidden: 4, latent: 2, channels: 2, reach });
