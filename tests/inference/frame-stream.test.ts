/** Frames one at a time, and what is made of them, against the same clips at once. */
import { describe, expect, test } from "vitest";
import type { FramesField } from "../../src/data/fields.ts";
import { type MemorySequence, memorySource } from "../../src/data/source.ts";
import { frameMaps } from "../../src/inference/frame-maps.ts";
import { frameMeasureNames } from "../../src/inference/frame-measure-names.ts";
import { frameReconstructions } from "../../src/inference/frame-reconstructions.ts";
import { FrameStream } from "../../src/inference/frame-stream.ts";
import { scoreRows } from "../../src/inference/score.ts";
import { FrameVrnn } from "../../src/models/frame-vrnn/frame-vrnn.ts";
import { VideoVrnn } from "../../src/models/video-vrnn/video-vrnn.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { initialWeights } from "../../src/train/weights.ts";

const runtime = nodeRuntime();
const [side, pixels, seed] = [8, 64, 3];
const field: FramesField = {
  ...{ kind: "frames", role: "target", axis: "T" },
  ...{ shape: [side, side], storage: "uint8", range: [0, 255] },
};
const fields = { x: field };
const random = Random.stream(1, "frames");
const clips = [11, 5].map((length, i): MemorySequence => {
  const x = Uint8Array.from({ length: length * pixels }, () => random.integer(256));
  return { name: `clip ${i}`, length, values: { x } };
});
const frame = ({ values }: MemorySequence, t: number): Uint8Array =>
  (values["x"] as Uint8Array).subarray(t * pixels, (t + 1) * pixels);

const shape = [side, side];
const models = {
  "frame-vrnn": new FrameVrnn({ shape, levels: 256, hidden: 6, latent: 3, channels: 2 }),
  "video-vrnn": new VideoVrnn({ shape, levels: 256, hidden: 4, latent: 2, channels: 2, components: 1 }),
};

describe.each(Object.entries(models))("%s", (_, model) => {
  const weights = initialWeights(model.parameters, seed);
  const settings = { runtime, model, weights, fields, seed };

  test.each(frameMeasureNames)("tells frames one at a time as whole clips, by %s", async (measure) => {
    const source = memorySource(clips, fields);
    const whole = new Map<string, Float64Array>();
    for await (const { i, t, map } of frameMaps({ ...settings, source, measure }))
      whole.set(`${i} ${t}`, map);
    expect(whole.size).toBe(16);
    const stream = await FrameStream.open({ ...settings, measure });
    try {
      for (const [i, clip] of clips.entries()) {
        stream.begin(clip.name);
        for (let t = 0; t < clip.length; t++) {
          const expected = whole.get(`${i} ${t}`)!;
          (await stream.step(frame(clip, t))).forEach((value, p) => {
            expect(Math.abs(value - expected[p]!)).toBeLessThan(1e-4 * (1 + Math.abs(expected[p]!)));
          });
        }
      }
    } finally {
      await stream.close();
    }
  });

  test("makes the same of frames however clips are cut", async () => {
    const source = memorySource(clips, fields);
    const told: Float64Array[][] = [];
    for (const window of [3, 20]) {
      const own: Float64Array[] = [];
      for await (const { i, t, seen, expected } of frameReconstructions({ ...settings, source, window })) {
        expect(seen).toEqual(Float64Array.from(frame(clips[i]!, t), (byte) => byte / 255));
        own[20 * i + t] = expected;
      }
      told.push(own);
    }
    const [short, long] = told as [Float64Array[], Float64Array[]];
    expect(Object.keys(short)).toHaveLength(16);
    for (const [at, expected] of Object.entries(long))
      expected.forEach((value, p) => {
        expect(short[Number(at)]![p]).toBeCloseTo(value, 5);
      });
  });
});

test("frames of another size are refused, and the state stays", async () => {
  const model = models["frame-vrnn"];
  const weights = initialWeights(model.parameters, seed);
  const stream = await FrameStream.open({ runtime, model, weights, fields, seed, measure: "error" });
  const first = await stream.step(frame(clips[0]!, 0));
  await expect(stream.step(new Uint8Array(7))).rejects.toMatchObject({ code: "data/width" });
  const second = await stream.step(frame(clips[0]!, 1));
  stream.begin("again");
  expect(await stream.step(frame(clips[0]!, 0))).toEqual(first);
  expect(await stream.step(frame(clips[0]!, 1))).toEqual(second);
  await stream.close();
});

test("without latent variables what is made of frames is what was expected of them", async () => {
  const model = new FrameVrnn({ shape, levels: 256, hidden: 6, latent: 0, channels: 2 });
  const settings = { runtime, model, weights: initialWeights(model.parameters, seed), fields };
  const scores = await scoreRows({ ...settings, sequences: clips, seed });
  for await (const { i, t, expected } of frameReconstructions({
    ...settings,
    source: memorySource(clips, fields),
  }))
    expected.forEach((value, p) => {
      expect(value).toBeCloseTo(scores[i]!.emissionMean[t * pixels + p]!, 5);
    });
});
