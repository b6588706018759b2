/** The distribution of the pixels of a frame, given as numbers from 0 to 1. */
import type { Column } from "../../data/dataset.ts";
import { bernoulliOver } from "../../distributions/bernoulli.ts";
import type { Emission } from "../../distributions/emission.ts";
import { logistics } from "../../distributions/logistics.ts";
import { VrnnError } from "../../errors.ts";
import { reshape, type Shape, type Tensor, transpose } from "../../graph/index.ts";

/** How the numbers of an emission are ordered: group by group, pixel by pixel, component by component. */
export interface PixelLayout {
  readonly groups: number;
  readonly components: number;
}

/** Logistic distributions of a mixture. */
const COMPONENTS = 5;

/**
 * Yes or no of each pixel, or, of more levels, a mixture of logistic distributions scored by the mass of each level's cell
 * (Salimans et al. 2017).
 *
 * @param pixels D @param levels how many values a pixel can take, spread evenly over 0 to 1
 */
export function pixelEmission(
  pixels: number,
  levels: number,
): { readonly emission: Emission; readonly layout: PixelLayout } {
  if (levels === 2)
    return {
      emission: bernoulliOver(Array<number>(pixels).fill(0.5)),
      layout: { groups: 1, components: 1 },
    };
  const column = shades(levels);
  const emission = logistics(COMPONENTS)(Array.from({ length: pixels }, () => column));
  return { emission, layout: { groups: 3, components: COMPONENTS } };
}

/** A pixel as a column whose unit is the whole range: what is scaled by it runs from 0 to 1. */
export const shades = (levels: number): Column => ({
  name: "pixel",
  kind: "quantised",
  levels: [],
  resolution: 1,
  range: [0, levels - 1],
  mean: 0,
  standardDeviation: levels - 1,
  minimum: 0,
  maximum: levels - 1,
  missing: 0,
  shares: [],
});

/** Height, width and colours. */
export type Frame = readonly [height: number, width: number, colours: number];

/**
 * Height, width and colours of a frame that can be halved some times.
 *
 * @param shape `[H, W]` or `[H, W, C]`
 * @throws VrnnError `model/frames`
 */
export function frameOf(shape: readonly number[], halvings: number): Frame {
  const [height = 0, width = 0, colours = 1] = shape;
  const unit = 2 ** halvings;
  const isHalved = height > 0 && width > 0 && height % unit === 0 && width % unit === 0;
  if (isHalved && (shape.length === 2 || shape.length === 3)) return [height, width, colours];
  const often = ["once", "twice"][halvings - 1] ?? `${halvings} times`;
  throw new VrnnError("model/frames", `frames of [${shape.join(", ")}] cannot be halved ${often}`, {
    remedy: `give [H, W] or [H, W, C] with height and width multiples of ${unit}: cut them, or pad them`,
  });
}

/** `[..., H, W, C]` to `[..., C, H, W]`. */
export function channelsFirst(frames: Tensor): Tensor {
  const at = frames.rank - 3;
  return transpose(frames, [...Array.from({ length: at }, (_, axis) => axis), at + 2, at, at + 1]);
}

/**
 * Maps in the order of an emission of pixels.
 *
 * @param maps `[...lead, G·K·C, H, W]` @returns `[...lead, G·H·W·C·K]`
 */
export function perPixel(
  maps: Tensor,
  { groups, components }: PixelLayout,
  [height, width, colours]: Frame,
): Tensor {
  const lead: Shape = maps.shape.slice(0, -3);
  const apart = reshape(maps, [...lead, groups, components, colours, height, width]);
  const at = lead.length;
  const axes = [...lead.keys(), at, at + 3, at + 4, at + 2, at + 1]; // [..., G, H, W, C, K]
  return reshape(transpose(apart, axes), [...lead, groups * components * colours * height * width]);
}
