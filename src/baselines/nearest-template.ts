/** Isolated words by the template that lies nearest when time is warped: what recognisers were before they were trained. */
import type { Frames } from "../data/audio/frames.ts";
import { VrnnError } from "../errors.ts";

/** How time may be warped. */
export interface WarpOptions {
  /**
   * How far a frame may be laid from its own place, in frames (Sakoe and Chiba's adjustment window); at least by how much one is longer
   * than the other. Any way unless told.
   */
  readonly band?: number | undefined;
}

/** A word as it was said once. */
export interface Template<Word> {
  readonly word: Word;
  readonly frames: Frames;
}

/** The template that lies nearest. */
export interface Nearest<Word> extends Template<Word> {
  readonly distance: number;
}

/**
 * The distance of two utterances by dynamic time warping: the least mean of Euclidean distances between frames along a path that goes on by
 * a frame in the one, the other or both. Steps in both count twice (Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken
 * word recognition", IEEE Transactions on Acoustics, Speech, and Signal Processing 26, 1978, the symmetric form without a bound on slopes),
 * so that all paths weigh as much as both have frames, by which the sum is divided.
 *
 * @param enough from here on the exact figure does not matter, and ∞ may be told
 * @throws VrnnError `baseline/frames` for frames of different widths, or none
 * @example
 * const a = { width: 1, length: 2, values: Float32Array.of(0, 1) };
 * warpedDistance(a, { width: 1, length: 3, values: Float32Array.of(0, 0, 1) }); // 0
 */
export function warpedDistance(
  a: Frames,
  b: Frames,
  { band = Number.POSITIVE_INFINITY }: WarpOptions = {},
  enough = Number.POSITIVE_INFINITY,
): number {
  checkFrames(a, b);
  const reach = Math.max(band, Math.abs(a.length - b.length));
  const weight = a.length + b.length;
  const most = enough * weight;
  let above = new Float64Array(b.length + 1).fill(Number.POSITIVE_INFINITY);
  let row = new Float64Array(b.length + 1);
  above[0] = 0; // before the first frame of both
  for (let i = 0; i < a.length; i++) {
    row.fill(Number.POSITIVE_INFINITY);
    let least = Number.POSITIVE_INFINITY;
    const last = Math.min(b.length - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= last; j++) {
      const distance = frameDistance(a, i, b, j);
      const arrived = Math.min(above[j]! + 2 * distance, above[j + 1]! + distance, row[j]! + distance);
      row[j + 1] = arrived;
      if (arrived < least) least = arrived;
    }
    if (least >= most) return Number.POSITIVE_INFINITY; // no path grows shorter
    [above, row] = [row, above];
  }
  return above[b.length]! / weight;
}

/** Euclidean distance of frame i of the one and frame j of the other. */
function frameDistance({ width, values: a }: Frames, i: number, { values: b }: Frames, j: number): number {
  let sum = 0;
  for (let d = 0, [p, q] = [i * width, j * width]; d < width; d++) {
    const difference = a[p + d]! - b[q + d]!;
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/**
 * The word of an utterance by the template that is nearest by `warpedDistance`; of equally near ones the first.
 *
 * @param templates of words said one at a time, of frames as those of the utterance: cepstra and their slopes, the mean taken away
 * @returns undefined where there are no templates
 * @throws VrnnError `baseline/frames` as `warpedDistance`
 * @example
 * nearestTemplate([{ word: "ONE", frames: one }, { word: "TWO", frames: two }], heard, { band: 20 }); // { word: "ONE", distance: 9.1, … }
 */
export function nearestTemplate<Word>(
  templates: Iterable<Template<Word>>,
  frames: Frames,
  options: WarpOptions = {},
): Nearest<Word> | undefined {
  let nearest: Nearest<Word> | undefined;
  for (const template of templates) {
    const distance = warpedDistance(frames, template.frames, options, nearest?.distance);
    if (nearest === undefined || distance < nearest.distance) nearest = { ...template, distance };
  }
  return nearest;
}

function checkFrames(a: Frames, b: Frames): void {
  if (a.width === b.width && a.length > 0 && b.length > 0) return;
  throw new VrnnError(
    "baseline/frames",
    `${a.length} frames of ${a.width} numbers cannot be laid upon ${b.length} of ${b.width}`,
    { remedy: "give utterances that have frames, all made in one way" },
  );
}
