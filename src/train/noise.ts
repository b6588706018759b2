/** Random numbers for the rows of a batch: each row draws its own, so that shards, workers and machines change nothing. */

import { type Model, noiseWidth } from "../models/model.ts";
import { type ParticleOptions, resamplers } from "../models/particle-unroll.ts";
import { dropoutNames, weightDropoutNames } from "../names.ts";
import { Random } from "../random/generator.ts";
import { emptyFloat32, type TensorValue, type Values } from "../runtime/runtime.ts";

/** Rows `from` to `to` (not included) of a batch. */
export interface Rows {
  readonly from: number;
  readonly to: number;
}

/** Where the random numbers of a batch come from: the same labels give the same numbers. */
export interface NoiseSource {
  readonly seed: number;
  readonly labels: readonly (string | number)[];
  /** The share of hidden values that training drops at each site; nothing where it drops none. */
  readonly dropout?: Readonly<Record<string, number>>;
  /** For how long the same values stay dropped, of sites that have several; each step anew unless told. */
  readonly dropoutSpan?: "step" | "window";
  /** Particles that each sequence is followed by; absent: one. */
  readonly particles?: ParticleOptions | undefined;
}

type Fill = (random: Random, numbers: Float32Array) => void;

const normal: Fill = (random, numbers) => random.fillNormal(numbers);
const uniform: Fill = (random, numbers) => random.fillUniform(numbers);

/** How long sequences are, and what they read. */
export interface Extents {
  /** T */
  readonly steps: number;
  /** S; 0 where nothing is read. */
  readonly places: number;
}

/**
 * `noise`, `resampling` and `dropout.<site>` of some rows of a batch, `[T, rows, ·]` each, of sites along a source
 * `[S, rows, ·]`.
 */
export function noiseFeeds(
  model: Model,
  { steps, places }: Extents,
  rows: Rows,
  source: NoiseSource,
): Values {
  const { particles, dropout = {}, dropoutSpan = "step" } = source;
  const draw = (name: string, shape: readonly number[], fill: Fill, length = steps, ...labels: string[]) =>
    perRow(length, rows, shape, (row, numbers) =>
      fill(Random.stream(source.seed, name, ...labels, row, ...source.labels), numbers),
    );
  const feeds: Record<string, TensorValue> = {
    noise: draw("noise", [...(particles ? [particles.particles] : []), noiseWidth(model)], normal),
  };
  if (particles?.resampling !== undefined)
    feeds["resampling"] = draw(
      "resampling",
      [resamplers[particles.resampling](particles.particles)],
      uniform,
    );
  for (const [site, share] of Object.entries(dropout)) {
    const alongSource = model.sourceSites?.[site];
    const width = alongSource ?? model.dropoutSites[site]!;
    feeds[dropoutNames.of(site)] = draw(
      "dropout",
      [width],
      (random, mask) => {
        // A site of one number says whether a place is there at all, such as a word: each is drawn by itself.
        const drawn = dropoutSpan === "window" && width > 1 ? mask.subarray(0, width) : mask;
        random.fillKeepMask(drawn, 1 - share);
        for (let at = drawn.length; at < mask.length; at += width) mask.set(drawn, at);
      },
      alongSource === undefined ? steps : places,
      site,
    );
  }
  return feeds;
}

/**
 * Which numbers of the recurrent matrices are kept, `dropout.weight.<name>`: the same for all rows, and for a window.
 *
 * @param labels the same labels give the same masks
 */
export function weightDropoutFeeds(
  { parameters, recurrentWeights = [] }: Model,
  share: number,
  { seed, labels }: Pick<NoiseSource, "seed" | "labels">,
): Values {
  if (share === 0) return {};
  const masks = recurrentWeights.map((name) => {
    const { shape } = parameters.find((parameter) => parameter.name === name)!;
    const mask = emptyFloat32(shape);
    Random.stream(seed, "weight dropout", name, ...labels).fillKeepMask(mask.data, 1 - share);
    return [name, mask] as const;
  });
  return weightDropoutNames.give(Object.fromEntries(masks));
}

/** `[T, rows, ...shape]` of which each row is filled by itself. */
function perRow(
  steps: number,
  { from, to }: Rows,
  shape: readonly number[],
  fill: (row: number, numbers: Float32Array) => void,
): TensorValue {
  const count = to - from;
  const width = shape.reduce((all, size) => all * size, 1);
  const all = emptyFloat32([steps, count, ...shape]);
  const own = new Float32Array(steps * width);
  for (let row = 0; row < count; row++) {
    fill(from + row, own);
    deal(own, all.data, width, { start: row * width, stride: count * width });
  }
  return all;
}

/** So many numbers are sooner copied by a view than one by one: 16 take 27 ns by themselves and 31 by a view, 24 56 and 32. */
const fewNumbers = 24;

/** Puts pieces of `width` numbers where each step of a row stands. */
function deal(own: Float32Array, all: Float32Array, width: number, { start, stride }: Stretch): void {
  for (let from = 0, to = start; from < own.length; from += width, to += stride) {
    if (width >= fewNumbers) all.set(own.subarray(from, from + width), to);
    else for (let i = 0; i < width; i++) all[to + i] = own[from + i]!;
  }
}

interface Stretch {
  readonly start: number;
  readonly stride: number;
}
