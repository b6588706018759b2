import { csvText } from "../data/write.ts";

/** A clip with how far off what is made of its frames is: mean squares over pixels, which go from 0 to 1. */
export interface ReconstructedClip {
  readonly name: string;
  /** `[T]`: of what the posterior makes of each frame. */
  readonly errors: readonly number[];
  /** `[T]`: of the frame before; of the first NaN. */
  readonly last: readonly number[];
}

/** Frames as comma-separated values, a row each: clip, frame (from 1), the error of what is made of it, and that of the last frame again. */
export const frameErrorTable = (clips: readonly ReconstructedClip[]): string =>
  csvText(
    ["clip", "frame", "error", "last"],
    clips.flatMap(({ name, errors, last }) =>
      errors.map((error, t) => [name, t + 1, inDigits(error), t === 0 ? "" : inDigits(last[t]!)]),
    ),
  );

const inDigits = (error: number): string => String(Number(error.toPrecision(6)));
