import { product } from "../../graph/dims.ts";
import {
  constant,
  type Dim,
  exp,
  logSumExp,
  mul,
  reshape,
  type Shape,
  split,
  sub,
  sum,
  type Tensor,
  transpose,
} from "../../graph/index.ts";
import { convolution } from "../../graph/ops/convolution.ts";
import { channelsFirst, type Frame } from "../frame-vrnn/pixels.ts";

/** Along which axis of a picture pixels move: by which kernels `[S, 1, kernel]` they are read, amid which zeros. */
interface Axis {
  readonly kernel: readonly [number, number];
  readonly padding: readonly [number, number];
}

/**
 * Frames whose pixels have moved: sideways first, each pixel then being a mean of those around its place in its row, by weights of its
 * own, and likewise up and down in what came of that. It is dynamic neural advection (Finn, Goodfellow and Levine 2016, section 3.2)
 * by one kernel an axis, as Niklaus, Mai and Liu (2017) have kernels. Beyond the edges all is 0.
 */
export class Movement {
  /** Of S = 2·reach + 1 places along each axis the logits of how much a pixel comes from there. */
  readonly logits: number;
  /** Of these logits: before anything was learnt, half of a pixel comes from its own place along an axis. */
  readonly initialBias: readonly number[];
  private readonly frame: Frame;
  private readonly axes: readonly [Axis, Axis];

  /** @param reach how many pixels away one may come from, along each axis */
  constructor(frame: Frame, reach: number) {
    const side = 2 * reach + 1;
    const stays = Math.log(side - 1);
    const bias = Array.from({ length: side }, (_, s) => (s === reach ? stays : 0));
    this.frame = frame;
    this.logits = 2 * side;
    this.initialBias = [...bias, ...bias];
    this.axes = [
      { kernel: [1, side], padding: [0, reach] },
      { kernel: [side, 1], padding: [reach, 0] },
    ];
  }

  /**
   * The last frame, moved.
   *
   * @param last `[..., H·W·C]` @param logits `[..., 2·S·H·W]`: sideways, then up and down; place by place, row by row
   * @returns `[..., H·W·C]`
   */
  apply(last: Tensor, logits: Tensor): Tensor {
    const [height, width, colours] = this.frame;
    const lead: Shape = last.shape.slice(0, -1);
    const half = (this.logits / 2) * height * width;
    const frames = channelsFirst(reshape(last, [product(lead), height, width, colours])); // [N, C, H, W]
    const moved = split(logits, [half, half]).reduce(
      (pictures, own, i) => this.movedAlong(this.axes[i] as Axis, pictures, own),
      frames,
    );
    return reshape(transpose(moved, [0, 2, 3, 1]), last.shape);
  }

  /** @param pictures `[N, C, H, W]` @param logits `[..., S·H·W]` */
  private movedAlong({ kernel, padding }: Axis, pictures: Tensor, logits: Tensor): Tensor {
    const places = kernel[0] * kernel[1];
    const [frames, colours, height, width] = pictures.shape as Shape4;
    const alone = reshape(pictures, [product([frames, colours]), 1, height, width]);
    const around = convolution(alone, oneEach(places, kernel), { padding }); // [N·C, S, H, W]
    const apart = reshape(logits, [frames, 1, places, height, width]);
    const shares = exp(sub(apart, logSumExp(apart, [2], { keepDims: true }))); // [N, 1, S, H, W]
    return sum(mul(reshape(around, [frames, colours, places, height, width]), shares), [2]);
  }
}

type Shape4 = readonly [Dim, Dim, Dim, Dim];

/** Kernels `[S, 1, ...kernel]` that each read the pixel at one place. */
function oneEach(places: number, kernel: readonly [number, number]): Tensor {
  const ones = Array.from({ length: places ** 2 }, (_, i) => Number(i % places === Math.floor(i / places)));
  return constant(ones, [places, 1, ...kernel]);
}
