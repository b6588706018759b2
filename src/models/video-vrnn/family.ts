import { option } from "../../options.ts";
import { counted } from "../../words/figures.ts";
import * as z from "../../zod.ts";
import { family, latentFacts, size } from "../family.ts";
import { vrnnOptions } from "../vrnn/family.ts";
import { VideoVrnn } from "./video-vrnn.ts";

const { latent, latentFamily } = vrnnOptions.shape;

const videoVrnnOptions = z.strictObject({
  hidden: option(z._default(size, 96), {
    flag: "--hidden <units>",
    help: "channels of the recurrent state, at each of its places",
  }),
  latent,
  latentFamily,
  channels: option(z._default(z.int().check(z.minimum(2), z.maximum(1024)), 24), {
    flag: "--channels <count>",
    help: "of the first convolution; each of the two others has twice as many",
  }),
  components: option(z._default(z.int().check(z.minimum(1), z.maximum(20)), 1), {
    flag: "--components <count>",
    help: "logistic distributions in the mixture of each pixel's change",
  }),
  reach: option(z._default(z.int().check(z.minimum(0), z.maximum(15)), 0), {
    flag: "--reach <pixels>",
    help: "how far pixels may move from one frame to the next, up, down and sideways; without it they change where they are",
  }),
});

export const videoVrnn = family(
  videoVrnnOptions,
  {
    frames: ({ frames, levels }, options) => new VideoVrnn({ shape: frames, levels, ...options }),
    has: ["latents", "particles"],
  },
  ({ channels, components, reach, ...options }) => [
    ...latentFacts(options),
    { label: "channels of the first convolution", value: String(channels) },
    ...(reach > 0 ? [{ label: "pixels move at most", value: counted(reach, "pixel") }] : []),
    ...(components > 1 ? [{ label: "logistic distributions a pixel", value: String(components) }] : []),
  ],
);
