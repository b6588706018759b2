/** Odd frames: the worst patch of each, smoothed over time, against clean clips. */
import { VrnnError } from "../errors.ts";

/** The part of a frame that is the oddest. */
export interface Patch {
  /** The mean over its pixels. */
  readonly value: number;
  /** Its first column and row. */
  readonly x: number;
  readonly y: number;
}

/**
 * The square of some side with the highest mean, the first of equals, cut where the frame is smaller.
 *
 * @param map `[height · width]`
 * @example
 * worstPatch(map, 120, 12); // { value: 4.1, x: 63, y: 20 }
 */
export function worstPatch(map: ArrayLike<number>, width: number, side: number): Patch {
  const height = map.length / width;
  const [wide, high] = [Math.min(side, width), Math.min(side, height)];
  const sums = summedAreas(map, width);
  const at = (y: number, x: number) => sums[y * (width + 1) + x]!;
  let worst: Patch = { value: Number.NEGATIVE_INFINITY, x: 0, y: 0 };
  for (let y = 0; y + high <= height; y++)
    for (let x = 0; x + wide <= width; x++) {
      const sum = at(y + high, x + wide) - at(y, x + wide) - at(y + high, x) + at(y, x);
      const value = sum / (wide * high);
      if (value > worst.value) worst = { value, x, y };
    }
  return worst;
}

/** Σ of all above and to the left, `[(H + 1) · (W + 1)]` (Crow 1984). */
function summedAreas(map: ArrayLike<number>, width: number): Float64Array {
  const height = map.length / width;
  const sums = new Float64Array((height + 1) * (width + 1));
  for (let y = 0; y < height; y++)
    for (let x = 0, row = 0; x < width; x++) {
      row += map[y * width + x]!;
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + row;
    }
  return sums;
}

/**
 * Values smoothed over time by a Gaussian kernel that is cut after four deviations; beyond the ends the values are mirrored, as
 * SciPy's `gaussian_filter1d` does.
 *
 * @param deviation in steps; 0 leaves them as they are
 */
export function smoothed(values: Float64Array, deviation: number): Float64Array {
  if (deviation === 0) return values;
  const reach = Math.trunc(4 * deviation + 0.5);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / deviation) ** 2),
  );
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return values.map((_, t) => {
    const sum = weights.reduce(
      (own, weight, i) => own + weight * values[mirrored(t + i - reach, values.length)]!,
      0,
    );
    return sum / all;
  });
}

/** A place beyond the ends, where it stands in the mirror: … 1 0 | 0 1 2 | 2 1 … */
function mirrored(at: number, length: number): number {
  const place = ((at % (2 * length)) + 2 * length) % (2 * length);
  return place < length ? place : 2 * length - 1 - place;
}

/** The first frame of a clip, which no other tells, counts as the second does. @param values of each frame; changed in place */
export function asTheSecond(values: Float64Array | number[]): void {
  if (values.length > 1) values[0] = values[1]!;
}

/** What flags odd frames. */
export interface FrameDetector {
  /** Of the worst patches of clean frames. */
  readonly mean: number;
  readonly deviation: number;
  /** Frames with a higher score are odd. */
  readonly threshold: number;
}

/** How frames are judged. */
export interface FrameDetectorOptions {
  /** Over how many frames scores are smoothed: the deviation of a Gaussian kernel. */
  readonly smoothing: number;
  /** The most clean frames in 1,000 that may be flagged. */
  readonly alarmsPerThousandSteps: number;
}

/**
 * A detector set by clean clips: scores are deviations from their mean, smoothed clip by clip, and the threshold is the lowest at
 * which no more of their frames are flagged than is wanted.
 *
 * @param clean the worst patch of each frame of each clip
 * @throws VrnnError `detect/clean` without two frames that differ
 */
export function frameDetector(
  clean: readonly Float64Array[],
  { smoothing, alarmsPerThousandSteps }: FrameDetectorOptions,
): FrameDetector {
  const all = clean.flatMap((clip) => [...clip]);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
  if (!(deviation > 0))
    throw new VrnnError("detect/clean", "there are no clean frames that differ", {
      remedy: "give clean clips: --clean <path>, or a validation split",
    });
  const scores = clean.flatMap((clip) => [...frameScores(clip, { mean, deviation }, smoothing)]);
  const allowed = Math.floor((scores.length * alarmsPerThousandSteps) / 1000);
  const threshold = scores.sort((a, b) => b - a)[Math.min(allowed, scores.length - 1)] as number;
  return { mean, deviation, threshold };
}

/** How odd a frame is, in deviations of clean frames. @param patch the value of its worst patch */
export const frameScore = (
  patch: number,
  { mean, deviation }: Pick<FrameDetector, "mean" | "deviation">,
): number => (patch - mean) / deviation;

/** How odd each frame of a clip is. @param patches the worst patch of each */
export const frameScores = (
  patches: Float64Array,
  detector: Pick<FrameDetector, "mean" | "deviation">,
  smoothing: number,
): Float64Array =>
  smoothed(
    patches.map((patch) => frameScore(patch, detector)),
    smoothing,
  );
