/** Frames as the steps that are modelled: as columns, and back to frames. */
import { type Frames, framesOf } from "../audio/frames.ts";
import type { FeatureName } from "./feature-names.ts";

/** How the numbers of frames are modelled. */
export interface Modelled {
  readonly kind: "real" | "quantised";
  /** The grid that they are recorded on; 0: none. */
  readonly resolution: number;
  /** Whether a further column tells which step is the last. */
  readonly ends: boolean;
}

/** A tenth of a nat of power, 0.4 dB, which nobody hears: what is finer is not modelled, so that silence is told by no finite density. */
const MEL_GRID = 0.1;

/** The same, by what frames are of. */
export const modelled: Readonly<Record<FeatureName, Modelled>> = {
  cepstra: { kind: "real", resolution: 0, ends: false },
  mel: { kind: "real", resolution: MEL_GRID, ends: true },
  samples: { kind: "real", resolution: 1, ends: false },
  pcm: { kind: "quantised", resolution: 1, ends: false },
  encoded: { kind: "real", resolution: 0, ends: false },
};

/** What the column is called that is 1 at the last step of an utterance. */
export const END = "end";

/**
 * The steps of an utterance, `[T, D]`: its frames on their grid, and whether each is the last.
 *
 * @param ended whether the utterance is over with the last frame; so unless told
 */
export function modelledSteps(
  features: FeatureName,
  { width, length, values }: Frames,
  ended = true,
): Float64Array {
  const { resolution, ends } = modelled[features];
  const columns = width + Number(ends);
  const out = new Float64Array(length * columns);
  for (let t = 0; t < length; t++)
    for (let d = 0; d < width; d++) {
      const value = values[t * width + d]!;
      out[t * columns + d] = resolution > 0 ? resolution * Math.round(value / resolution) : value;
    }
  if (ends && ended && length > 0) out[out.length - 1] = 1;
  return out;
}

/** Frames of steps. @param steps `[T, D]` in the units of the data */
export function framesOfSteps(features: FeatureName, steps: Float64Array, width: number): Frames {
  const columns = width + Number(modelled[features].ends);
  const length = steps.length / columns;
  const values = new Float32Array(length * width);
  for (let t = 0; t < length; t++)
    for (let d = 0; d < width; d++) values[t * width + d] = steps[t * columns + d]!;
  return framesOf(values, width);
}

/** Whether steps tell which is the last. */
export const tellsEnd = (features: FeatureName): boolean => modelled[features].ends;

/** How many of some steps are said before the end is, the last of them included; undefined where none is told to be the last. */
export function endOf(features: FeatureName, steps: Float64Array, width: number): number | undefined {
  if (!modelled[features].ends) return undefined;
  const columns = width + 1;
  for (let t = 0; t * columns < steps.length; t++) if (steps[t * columns + width] === 1) return t + 1;
  return undefined;
}
