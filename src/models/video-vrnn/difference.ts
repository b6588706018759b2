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
import { type Frame, type PixelLayout, shades } from "../frame-vrnn/pixels.ts";
import { Movement } from "./moved.ts";

/** What the network tells a change of pixels in, as a share of the whole range: so do most stay within it. */
const CHANGE = 0.1;
/** The scale of a logistic distribution of pixels that the untrained model begins with. */
const STARTING_SCALE = 0.03;
/** Before any frame was seen pixels may be anything: the middle of the range, and a scale that covers it, before softplus. */
const [MIDDLE, ANY] = [0.5, unitScale([0], 0.2)[0] as number];

/** How the changes of pixels are told. */
export interface DifferenceOptions {
  readonly frame: Frame;
  /** How many values a pixel can take, spread evenly over 0 to 1. */
  readonly levels: number;
  /** K: logistic distributions of each pixel. */
  readonly components: number;
  /** How far a pixel may have moved since the last frame, along each axis; 0: changes are those of the same place. */
  readonly reach: number;
}

/** What the network is asked for, in groups that it tells one after the other. */
export interface DifferenceEmission {
  readonly emission: Emission;
  /** Weights, changes and scales of each pixel. */
  readonly layout: PixelLayout;
  /** How many numbers of each place, the same for all colours, tell where a pixel comes from. */
  readonly origins: number;
}

/**
 * Mixtures of logistic distributions of the change of each pixel since the last frame, or since that frame moved, scored by the mass
 * of each level's cell: nats of the frame itself, as the last frame is known. The first frame of a clip is told by one broad distribution.
 *
 * The network gives [weights | changes | scales], each `[D·K]`, pixel by pixel; a change of 1 is a tenth of the range. Where pixels
 * move, the logits of where they come from follow, `[2·S·H·W]`.
 */
export function differenceEmission({
  frame,
  levels,
  components,
  reach,
}: DifferenceOptions): DifferenceEmission {
  const [height, width, colours] = frame;
  const pixels = height * width * colours;
  const columns = Array.from({ length: pixels }, () => shades(levels));
  const own = logistics(components)(columns);
  const size = pixels * components;
  const spread = Array.from({ length: size }, (_, i) => STARTING_SCALE * 2 ** ((i % components) / 2));
  const movement = reach === 0 ? undefined : new Movement(frame, reach);
  const origins = movement?.initialBias.flatMap((bias) => Array<number>(height * width).fill(bias)) ?? [];
  const emission: Emission = {
    ...own,
    outputs: own.width + origins.length,
    initialBias: [
      ...Array<number>(2 * size).fill(0),
      ...spread.flatMap((scale) => unitScale([0], scale)),
      ...origins,
    ],
    readsAge: true,
    recall: (output, { value, age }) => {
      const perComponent = (x: Tensor) => reshape(x, [...x.shape.slice(0, -1), pixels, components]); // [..., D, K]
      const sizes = [size, size, size, ...(movement ? [origins.length] : [])];
      const [weights, change, scale, logits] = split(output, sizes) as [Tensor, Tensor, Tensor, Tensor?]; // [..., D·K], [..., 2·S·H·W]
      const moved = movement && logits ? movement.apply(value, logits) : value; // [..., D]
      const isSeen = unsqueeze(greater(age, 0), -1); // [..., D, 1]
      const placed = where(isSeen, add(mul(perComponent(change), CHANGE), unsqueeze(moved, -1)), MIDDLE);
      const spreadOut = where(isSeen, perComponent(scale), ANY);
      return concat([weights, reshape(placed, change.shape), reshape(spreadOut, scale.shape)]);
    },
  };
  const { under: _, ...unscaled } = emission;
  return { emission: unscaled, layout: { groups: 3, components }, origins: movement?.logits ?? 0 };
}
