import { option } from "../../options.ts";
import * as z from "../../zod.ts";
import { family, latentFacts, size } from "../family.ts";
import { vrnnOptions } from "../vrnn/family.ts";
import { FrameVrnn } from "./frame-vrnn.ts";

const { latent, latentFamily } = vrnnOptions.shape;

const frameVrnnOptions = z.strictObject({
  hidden: option(z._default(size, 128), {
    flag: "--hidden <units>",
    help: "width of the hidden layers and of the state",
  }),
  latent,
  latentFamily,
  channels: option(z._default(z.int().check(z.minimum(1), z.maximum(4096)), 16), {
    flag: "--channels <count>",
    help: "of the first convolution; the second has twice as many",
  }),
});

export const frameVrnn = family(
  frameVrnnOptions,
  {
    frames: ({ frames, levels }, options) => new FrameVrnn({ shape: frames, levels, ...options }),
    has: ["latents", "particles"],
  },
  ({ channels, ...options }) => [
    ...latentFacts(options),
    { label: "channels of the first convolution", value: String(channels) },
  ],
);
