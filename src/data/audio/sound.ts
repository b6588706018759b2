/** Sound as samples, and what is to be told of them. */
import { VrnnError } from "../../errors.ts";
import { counted, percent } from "../../words/figures.ts";

/** Sound in memory. */
export interface Sound {
  /** Samples a second of each channel, in Hz. */
  readonly rate: number;
  /** `[C][N]`: each channel's samples, from -1 to 1, all of one length. */
  readonly channels: readonly Float32Array[];
}

/** Sound that was read, with what its reader found odd. */
export interface ReadSound extends Sound {
  readonly notes: readonly string[];
}

/** So many samples in a row at full scale are no peak of a wave: the recording was louder than it could hold. */
const CLIPPED_RUN = 3;

/**
 * What can be heard to be wrong: no sample, nothing but silence, and samples that were clipped, i.e. stay at full scale
 * for three or more in a row.
 *
 * @param loudest the least absolute value that counts as full scale: what the largest whole number of a format means
 * @example
 * levelNotes([Float32Array.of(0, 0)]); // ["it is silent: all samples are 0"]
 */
export function levelNotes(channels: readonly Float32Array[], loudest = 1): string[] {
  const all = channels.reduce((sum, { length }) => sum + length, 0);
  if (all === 0) return ["it has no sample"];
  const first = channels[0]![0]!;
  if (channels.every((channel) => channel.every((sample) => sample === first)))
    return [first === 0 ? "it is silent: all samples are 0" : `it is silent: all samples are ${first}`];
  const clipped = channels.reduce((sum, channel) => sum + countClipped(channel, loudest), 0);
  return clipped === 0
    ? []
    : [`${counted(clipped, "sample")} of ${all} (${percent(clipped / all)}) are clipped at full scale`];
}

function countClipped(samples: Float32Array, loudest: number): number {
  let [count, run] = [0, 0];
  for (const sample of samples) {
    run = Math.abs(sample) >= loudest ? run + 1 : 0;
    if (run === CLIPPED_RUN) count += CLIPPED_RUN;
    else if (run > CLIPPED_RUN) count += 1;
  }
  return count;
}

/** @throws VrnnError `data/sound` unless it is a whole number of Hz above 0. */
export function checkRate(rate: number, at?: string): void {
  if (Number.isSafeInteger(rate) && rate > 0) return;
  throw new VrnnError("data/sound", `a rate of ${rate} samples a second cannot be used`, {
    ...(at !== undefined && { at }),
    remedy: "give a whole number of Hz above 0",
  });
}

/** @throws VrnnError `data/sound` with the place of the first sample that is NaN or infinite. */
export function checkSamples(samples: ArrayLike<number>, at?: string, before = 0): void {
  for (let i = 0; i < samples.length; i++) {
    if (Number.isFinite(samples[i])) continue;
    throw new VrnnError("data/sound", `sample ${before + i + 1} is ${samples[i]}`, {
      ...(at !== undefined && { at }),
      remedy: "write the recording again: sound is made of finite numbers",
    });
  }
}
