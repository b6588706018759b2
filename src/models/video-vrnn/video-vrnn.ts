/**
 * A VRNN (Chung et al. 2015) of moving pictures whose state and latent variables are maps, so that what happens somewhere is told
 * there (Lu et al. 2019; Castrejón, Ballas and Courville 2019), and whose frames are told as changes of the last one.
 */
import type { Emission } from "../../distributions/emission.ts";
import { type LatentFamilyName, latentFamilies } from "../../distributions/latent/families.ts";
import { product } from "../../graph/dims.ts";
import {
  add,
  concat,
  constant,
  greater,
  max,
  mul,
  relu,
  reshape,
  split,
  sub,
  type Tensor,
  where,
} from "../../graph/index.ts";
import type { State } from "../../nn/cells.ts";
import { JoinedConv2d } from "../../nn/convolution.ts";
import { ConvGru } from "../../nn/convolutional-cells.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import { PictureDecoder, PictureEncoder } from "../../nn/picture-stacks.ts";
import { channelsFirst, type Frame, frameOf, type PixelLayout, perPixel } from "../frame-vrnn/pixels.ts";
import { requireLatents } from "../latent-family.ts";
import type {
  EmissionContext,
  LatentBlock,
  LatentModel,
  Observation,
  Observed,
  Shapes,
  Tensors,
  TransitionContext,
} from "../model.ts";
import { differenceEmission } from "./difference.ts";
import { MapLatents } from "./map-latents.ts";

/** The shape of a VRNN of video. */
export interface VideoVrnnOptions {
  /** `[H, W]` or `[H, W, C]`; height and width are multiples of 8. */
  readonly shape: readonly number[];
  /** How many values a pixel can take, spread over 0 to 1; 256 unless told. */
  readonly levels?: number;
  /** Channels of the recurrent state; 96 unless told. */
  readonly hidden?: number;
  /** Channels of the latent variables, at each place of the state; with none of them it is a plain recurrent network. */
  readonly latent?: number;
  /** The distribution of prior and posterior; `normal` unless told. */
  readonly latentFamily?: LatentFamilyName;
  /** Channels of the first stage; the others have twice and four times as many; 24 unless told. */
  readonly channels?: number;
  /** Logistic distributions in the mixture of each pixel; 1 unless told. */
  readonly components?: number;
  /** How far pixels may move from one frame to the next, along each axis; 0 unless told: they change where they are. */
  readonly reach?: number;
}

/** How often frames are halved. */
const STAGES = 3;
/** Changes are shown to the encoder so many times larger, as most are small. */
const MAGNIFIED = 5;
/** What features say beside maps: 1 where the frame was seen. */
const SEEN = "seen";

const sameSize = { kernel: 3, padding: 1 } as const;

/**
 * @example
 * const model = new VideoVrnn({ shape: [80, 120], hidden: 96, latent: 16 });
 * [model.state, model.latents[0].shape]; // [{ h: [96, 10, 15] }, [2400]]
 *
 * @throws VrnnError `model/frames` for a shape that cannot be halved three times, `model/latents` when a family is told of
 * latent variables that it has none of
 */
export class VideoVrnn implements LatentModel {
  readonly width: number;
  readonly observation: Observation;
  readonly state: Shapes;
  readonly past: Shapes;
  readonly latents: readonly LatentBlock[];
  readonly emission: Emission;
  readonly parameters: readonly Parameter[];
  readonly dropoutSites = {};
  private readonly frame: Frame;
  private readonly layout: PixelLayout;
  /** The channels of what is told of pixels, and of where they come from. */
  private readonly groups: readonly number[];
  private readonly latentMaps: readonly [number, number, number];
  private readonly encoder: PictureEncoder;
  private readonly cell: ConvGru;
  private readonly mix: JoinedConv2d;
  private readonly decoder: PictureDecoder;

  constructor(options: VideoVrnnOptions) {
    const { shape, levels = 256, hidden = 96, latent = 16, latentFamily = "normal" } = options;
    const { channels = 24, components = 1, reach = 0 } = options;
    requireLatents(latent, latentFamily);
    this.frame = frameOf(shape, STAGES);
    const [height, width, colours] = this.frame;
    const widths = Array.from({ length: STAGES }, (_, i) => channels * 2 ** i);
    const deepest = widths.at(-1) as number;
    const small = [height / 2 ** STAGES, width / 2 ** STAGES] as const;
    this.width = height * width * colours;
    this.observation = { dtype: "float32", shape };
    this.state = { h: [hidden, ...small] };
    this.past = skipShapes(widths, this.frame);
    const { emission, layout, origins } = differenceEmission({
      frame: this.frame,
      ...{ levels, components, reach },
    });
    this.emission = emission;
    this.layout = layout;
    this.latentMaps = [latent, ...small];
    const z: Sizes = latent > 0 ? { z: latent } : {};
    this.encoder = new PictureEncoder("encoder", 2 * colours, widths);
    this.cell = new ConvGru("cell", { x: deepest, ...z }, hidden);
    this.mix = new JoinedConv2d("decoder.mix", { h: hidden, ...z }, deepest, sameSize);
    const told = layout.groups * components * colours;
    this.decoder = new PictureDecoder("decoder", widths, told + origins);
    this.groups = origins === 0 ? [told] : [told, origins];
    const family = latentFamilies[latentFamily];
    const sizes = { hidden: Math.max(latent, deepest / 2), latent, family };
    const prior = new MapLatents("prior", { inputs: { h: hidden }, ...sizes });
    const posterior = new MapLatents("posterior", { inputs: { x: deepest, h: hidden }, ...sizes });
    const block: LatentBlock = {
      name: "z",
      shape: [latent * small[0] * small[1]],
      map: this.latentMaps,
      at: "step",
      normals: family.normals,
      prior: (net, { state }) => prior.apply(net, state),
      posterior: (net, { state, x, prior: base }) => posterior.around(base, net, { ...x, ...state }),
    };
    this.latents = latent > 0 ? [block] : [];
    const { encoder, cell, mix, decoder } = this;
    const parts = [encoder, cell, mix, decoder, ...(latent > 0 ? [prior, posterior] : [])];
    this.parameters = parts.flatMap(({ parameters }) => parameters);
  }

  /** The maps of the stages, of the frame beside its change, `[..., channels, H/2ⁱ, W/2ⁱ]`. */
  features(net: Net, { values: pixels, mask, last }: Observed): Tensors {
    const present = where(greater(mask, 0), pixels, 0); // [..., H·W·C]
    const change = where(greater(mask, 0), mul(sub(pixels, (last as { value: Tensor }).value), MAGNIFIED), 0);
    const pictures = concat(
      [present, change].map((each) => this.pictures(each)),
      -3,
    ); // [..., 2C, H, W]
    const maps = this.encoder.apply(net, pictures);
    const skips = maps.slice(0, -1).map((each, i) => [skipName(i), each] as const);
    return {
      x: maps.at(-1) as Tensor,
      ...Object.fromEntries(skips),
      [SEEN]: max(mask, [-1], { keepDims: true }), // [..., 1]
    };
  }

  /** The maps of the last frame seen. */
  advance(_: Net, past: State, x: Tensors): State {
    const seen = part(x, SEEN); // [..., 1]
    const isSeen = greater(reshape(seen, [...seen.shape, 1, 1]), 0); // [..., 1, 1, 1]
    const moved = (name: string) => where(isSeen, part(x, name), part(past, name));
    return Object.fromEntries(Object.keys(this.past).map((name) => [name, moved(name)]));
  }

  /** `[..., outputs of the emission]` */
  emissionParameters(net: Net, { state, z }: EmissionContext): Tensor {
    const mixed = relu(this.mix.apply(net, { ...state, ...this.maps(z) })); // [..., 4·channels, H/8, W/8]
    const skips = Array.from({ length: STAGES - 1 }, (__, i) => part(state, skipName(i)));
    const maps = this.decoder.apply(net, mixed, skips); // [..., channels, H, W]
    const [told, ...moves] = split(maps, this.groups, -3) as [Tensor, ...Tensor[]];
    const raw = [perPixel(told, this.layout, this.frame), ...moves.map(flatMaps)];
    return add(concat(raw), constant(this.emission.initialBias, [this.emission.initialBias.length]));
  }

  /** What z and the frame leave of the state. */
  transition(net: Net, { state, x, z }: TransitionContext): State {
    return this.cell.step(net, { x: part(x, "x"), ...this.maps(z) }, state);
  }

  /** `[..., H·W·C]` to `[..., C, H, W]`. */
  private pictures(pixels: Tensor): Tensor {
    return channelsFirst(reshape(pixels, [...pixels.shape.slice(0, -1), ...this.frame]));
  }

  /** Latent variables as maps, `[..., latent, H/8, W/8]`. */
  private maps(z: Tensors): Tensors {
    return Object.fromEntries(
      Object.entries(z).map(([name, flat]) => [
        name,
        reshape(flat, [...flat.shape.slice(0, -1), ...this.latentMaps]),
      ]),
    );
  }
}

/** `[..., C, H, W]` to `[..., C·H·W]`. */
const flatMaps = (maps: Tensor): Tensor =>
  reshape(maps, [...maps.shape.slice(0, -3), product(maps.shape.slice(-3))]);

const skipName = (stage: number): string => `skip.${stage}`;

const skipShapes = (widths: readonly number[], [height, width]: Frame): Shapes =>
  Object.fromEntries(
    widths.slice(0, -1).map((channels, i) => {
      const by = 2 ** (i + 1);
      return [skipName(i), [channels, height / by, width / by]];
    }),
  );
