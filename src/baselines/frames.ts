/** Rules that frames can be told by without a network. */

/** How likely each frame of a clip is, `[T]` nats. @param clip `[T, pixels]`, whole numbers from 0 */
export type FrameRule = (clip: ArrayLike<number>) => Float64Array;

/** The size of frames, and how many values a pixel can take. */
export interface FrameSize {
  readonly pixels: number;
  readonly levels: number;
}

/** Up to so many levels what follows a level is counted at each pixel by itself; of more, over all pixels together. */
const FEW_LEVELS = 2;

/**
 * Two rules, both with the shares of the training clips: each pixel on its own, log p(x_t); and what stood in the same place
 * a frame before, log p(x_t | x_(t−1)), whose first frame is told by the former.
 *
 * @param clips `[T, pixels]` each
 * @example
 * const { alone, copy } = frameRules(train, { pixels: 256, levels: 2 });
 * copy(clip); // Float64Array [-80.3, -58.8, -60.1, ...]
 */
export function frameRules(
  clips: readonly ArrayLike<number>[],
  { pixels, levels }: FrameSize,
): { readonly alone: FrameRule; readonly copy: FrameRule } {
  const ever = new Shares(pixels, levels);
  const after = new Shares((levels <= FEW_LEVELS ? pixels : 1) * levels, levels);
  const placeAfter = (clip: ArrayLike<number>, i: number) =>
    (levels <= FEW_LEVELS ? (i % pixels) * levels : 0) + clip[i - pixels]!;
  for (const clip of clips) {
    for (let i = 0; i < clip.length; i++) {
      ever.see(i % pixels, clip[i]!);
      if (i >= pixels) after.see(placeAfter(clip, i), clip[i]!);
    }
  }
  const alone = (clip: ArrayLike<number>, i: number) => ever.logProbability(i % pixels, clip[i]!);
  const perFrame =
    (told: (clip: ArrayLike<number>, i: number) => number): FrameRule =>
    (clip) => {
      const nats = new Float64Array(clip.length / pixels);
      for (let i = 0; i < clip.length; i++) nats[Math.floor(i / pixels)]! += told(clip, i);
      return nats;
    };
  return {
    alone: perFrame(alone),
    copy: perFrame((clip, i) =>
      i < pixels ? alone(clip, i) : after.logProbability(placeAfter(clip, i), clip[i]!),
    ),
  };
}

/** How often each level occurs at each place; one count ahead, shared by all levels. */
class Shares {
  private readonly levels: number;
  private readonly counts: Float64Array;
  private readonly totals: Float64Array;

  constructor(places: number, levels: number) {
    this.levels = levels;
    this.counts = new Float64Array(places * levels).fill(1 / levels);
    this.totals = new Float64Array(places).fill(1);
  }

  see(place: number, level: number): void {
    this.counts[place * this.levels + level]! += 1;
    this.totals[place]! += 1;
  }

  logProbability(place: number, level: number): number {
    return Math.log(this.counts[place * this.levels + level]! / this.totals[place]!);
  }
}
