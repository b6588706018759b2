/** Sequences of columns that are learned from with noise, and with stretches left out: anew each time. */
import { VrnnError } from "../errors.ts";
import type { Random } from "../random/generator.ts";
import type { Column } from "./dataset.ts";
import type { Fields } from "./fields.ts";
import type { Reread } from "./reread.ts";

/** What is done to a sequence each time that it is learned from. */
export interface Augmentation {
  /** Noise on real columns, as a share of each one's deviation. */
  readonly noise: number;
  /** How many stretches of steps are left out, and how long each is at most. */
  readonly masks: number;
  readonly maskSteps: number;
}

/** No more than this share of a sequence is left out by one stretch. */
const MOST_MASKED = 0.2;

/**
 * Adds normal noise to real columns and leaves stretches of steps out, as if nothing had been observed there (time masks of
 * SpecAugment; Park et al. 2019, section 2).
 *
 * @throws VrnnError `train/augmentation` for other data than columns
 * @example
 * const reread = augmentation(data.fields, { noise: 0.1, masks: 2, maskSteps: 7 });
 * reread(part, Random.stream(1, "row", 7)); // the same sequence, noisier, with two gaps of at most 7 steps
 */
export function augmentation({ x }: Fields, { noise, masks, maskSteps }: Augmentation): Reread {
  if (x?.kind !== "columns") throw noColumns();
  const scales = x.columns.map((column) => (isReal(column) ? noise * column.standardDeviation : 0));
  return (part, random) => {
    const values = Float64Array.from(part.values["x"] as Float64Array);
    if (noise > 0) addNoise(values, scales, random);
    for (let i = 0; i < masks; i++) {
      const most = Math.min(maskSteps, Math.floor(MOST_MASKED * part.length));
      const steps = random.integer(most + 1);
      const from = random.integer(part.length - steps + 1);
      values.fill(Number.NaN, from * scales.length, (from + steps) * scales.length);
    }
    return { ...part, values: { ...part.values, x: values } };
  };
}

const isReal = ({ kind }: Column): boolean => kind === "real";

/** @param values `[T, D]` @param scales `[D]` */
function addNoise(values: Float64Array, scales: readonly number[], random: Random): void {
  const normal = new Float32Array(values.length);
  random.fillNormal(normal);
  for (let i = 0; i < values.length; i++) values[i]! += scales[i % scales.length]! * normal[i]!;
}

const noColumns = (): VrnnError =>
  new VrnnError("train/augmentation", "noise and masks are of columns alone", {
    at: "--input-noise",
    remedy: "leave --input-noise and --masks out",
  });
