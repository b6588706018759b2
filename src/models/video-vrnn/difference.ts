/** The distribution of the pixels of a frame around those of the last one. */
import type { Emission } from "../../distributions/emission.ts";
import { unitScale } from "../../distributions/gaussian.ts";
import { logistics } from "../../distributions/logistics.ts";
import {
  add,
  concat,
  greater,
  mul,
  reshape,
  split,
  type Tensor,
  unsqueeze,
  where,
} from "../../graph/index.ts";
import { type PixelLayout, shades } from "../frame-vrnn/pixels.ts";

/** What the network tells a change of pixels in, as a share of the whole range: so do most stay within it. */
const CHANGE = 0.1;
/** The scale of a logistic distribution of pixels that the untrained model begins with. */
const STARTING_SCALE = 0.03;
/** Before any frame was seen pixels may be anything: the middle of the range, and a scale that covers it, before softplus. */
const [MIDDLE, ANY] = [0.5, unitScale([0], 0.2)[0] as number];

/**
 * Mixtures of logistic distributions of the change of each pixel since the last frame, scored by the mass of each level's cell: nats
 * of the frame itself, as the last frame is known. The first frame of a clip is told by one broad distribution.
 *
 * The network gives [weights | changes | scales], each `[D·K]`, pixel by pixel; a change of 1 is a tenth of the range.
 *
 * @param pixels D @param levels how many values a pixel can take, spread evenly over 0 to 1 @param components K
 */
export function differenceEmission(
  pixels: number,
  levels: number,
  components: number,
): { readonly emission: Emission; readonly layout: PixelLayout } {
  const columns = Array.from({ length: pixels }, () => shades(levels));
  const own = logistics(components)(columns);
  const size = pixels * components;
  const spread = Array.from({ length: size }, (_, i) => STARTING_SCALE * 2 ** ((i % components) / 2));
  const emission: Emission = {
    ...own,
    initialBias: [...Array<number>(2 * size).fill(0), ...spread.flatMap((scale) => unitScale([0], scale))],
    readsAge: true,
    recall: (output, { value, age }) => {
      const perComponent = (x: Tensor) => reshape(x, [...x.shape.slice(0, -1), pixels, components]); // [..., D, K]
      const [weights, change, scale] = split(output, [size, size, size]) as [Tensor, Tensor, Tensor]; // [..., D·K]
      const isSeen = unsqueeze(greater(age, 0), -1); // [..., D, 1]
      const placed = where(isSeen, add(mul(perComponent(change), CHANGE), unsqueeze(value, -1)), MIDDLE);
      const spreadOut = where(isSeen, perComponent(scale), ANY);
      return concat([weights, reshape(placed, change.shape), reshape(spreadOut, scale.shape)]);
    },
  };
  const { under: _, ...unscaled } = emission;
  return { emission: unscaled, layout: { groups: 3, components } };
}
