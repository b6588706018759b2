/** The VRNN of frames: what the conformance suite does not say of pixels. */
import { describe, expect, test } from "vitest";
import { constant, mul } from "../../src/graph/index.ts";
import { generateRows } from "../../src/inference/generate.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { FrameVrnn } from "../../src/models/frame-vrnn/frame-vrnn.ts";
import { pixelEmission } from "../../src/models/frame-vrnn/pixels.ts";
import { countOf } from "../../src/nn/parameters.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { TensorValue } from "../../src/runtime/runtime.ts";
import { compile } from "../../src/train/programs.ts";
import { eachParameter } from "../../src/train/weights.ts";

const runtime = nodeRuntime();

test("maps of the last convolution go to the pixels of their colours", async () => {
  const model = new FrameVrnn({ shape: [4, 8, 3], levels: 256, hidden: 3, latent: 0, channels: 2 });
  const weights = new Float32Array(countOf(model.parameters));
  const [components, colours, middle] = [5, 3, 2];
  for (const { parameter, values } of eachParameter(model.parameters, weights)) {
    if (parameter.name !== "decoder.2.bias") continue;
    const map = (group: number, component: number, colour: number) =>
      (group * components + component) * colours + colour;
    for (let colour = 0; colour < colours; colour++) {
      values[map(0, middle, colour)] = 30; // all weight on the component that begins at 0
      values[map(1, middle, colour)] = 0.2 + 0.2 * colour;
      values[map(2, middle, colour)] = -30;
    }
  }
  const [row] = await generateRows({ runtime, model, weights, count: 1, steps: 2, seed: 1 });
  expect(row!.emissionMean).toHaveLength(2 * 4 * 8 * 3);
  row!.emissionMean.forEach((mean, i) => {
    expect(Math.abs(mean - (0.2 + 0.2 * (i % colours)))).toBeLessThan(0.01);
  });
});

test.each([2, 256])("the probabilities of the %i levels of a pixel sum to one", async (levels) => {
  const { emission } = pixelEmission(1, levels);
  const raw = constant(emission.initialBias, [1, emission.width]);
  const x = constant(
    Array.from({ length: levels }, (_, level) => level / (levels - 1)),
    [levels, 1],
  );
  const seen = constant(Array<number>(levels).fill(1), [levels, 1]);
  const nats = emission.logProbability(raw, mul(x, 1), seen);
  const executable = await runtime.compile(compile({ nats }));
  const { data } = (await executable.run({}))["nats"] as TensorValue<"float32">;
  await executable.dispose();
  expect(data).toHaveLength(levels);
  expect(Array.from(data, (each) => Math.exp(each)).reduce((all, p) => all + p, 0)).toBeCloseTo(1, 4);
});

test("its latent layers are called as in runs that were saved before there was a choice of their family", () => {
  const model = new FrameVrnn({ shape: [4, 4], hidden: 3, latent: 2 });
  const names = model.parameters.map(({ name }) => name).filter((name) => /^(prior|posterior)\./.test(name));
  const layers = ["hidden.bias", "output.weight", "output.bias"];
  expect(names).toEqual([
    ...["hidden.weight", ...layers].map((layer) => `prior.${layer}`),
    ...["hidden.x.weight", "hidden.h.weight", ...layers].map((layer) => `posterior.${layer}`),
  ]);
});

describe("is refused", () => {
  test("a family of latent variables where there are none", () => {
    const options = { latent: 0, latentFamily: "laplace" };
    const build = () => modelFamilies["frame-vrnn"].build({ frames: [4, 4], levels: 2 }, options);
    expect(build).toThrow(expect.objectContaining({ code: "model/latents" }));
  });

  test.each([[[6, 8]], [[8]], [[8, 0]], [[2, 8, 8, 3]]])("frames of %j", (shape) => {
    const build = () => modelFamilies["frame-vrnn"].build({ frames: shape, levels: 2 }, {});
    expect(build).toThrow(expect.objectContaining({ code: "model/frames" }));
  });

  test.each(["vrnn", "srnn", "hmm"] as const)(
    "frames by a %s, which names the family that takes them",
    (name) => {
      const build = () => modelFamilies[name].build({ frames: [8, 8], levels: 2 }, {});
      expect(build).toThrow("choose --model frame-vrnn");
    },
  );

  test("text by the family of frames", () => {
    const build = () => modelFamilies["frame-vrnn"].build({ tokens: 9 }, {});
    expect(build).toThrow("this family models frames, not text (choose --model vrnn)");
  });
});
