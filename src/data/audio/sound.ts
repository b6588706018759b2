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
  const clipped = channels.reduce((sum, channel) => {
    const clipping = new Clipping(loudest);
    for (const sample of channel) clipping.push(sample);
    return sum + clipping.count;
  }, 0);
  return clipped === 0 ? [] : [clippedNote(clipped, all)];
}

const clippedNote = (clipped: number, all: number): string =>
  `${counted(clipped, "sample")} of ${all} (${percent(clipped / all)}) are clipped at full scale`;

/** Counts the samples of one channel that were clipped. */
class Clipping {
  count = 0;
  private run = 0;
  private readonly loudest: number;

  constructor(loudest: number) {
    this.loudest = loudest;
  }

  push(sample: number): void {
    this.run = Math.abs(sample) >= this.loudest ? this.run + 1 : 0;
    if (this.run === CLIPPED_RUN) this.count += CLIPPED_RUN;
    else if (this.run > CLIPPED_RUN) this.count += 1;
  }
}

/** After so many seconds of nothing else, zeros are told of. */
const SILENT_SECONDS = 3;

/**
 * What can be heard to be wrong while sound goes on, each thing once: nothing but one value for three seconds, and clipped samples, which
 * are counted at the end.
 *
 * @example
 * const watch = new LevelWatch(16_000);
 * watch.push(samples); // ["samples are clipped at full scale, from 3.20 s on"]
 * watch.end(); // ["12 samples of 160000 (0.0 %) are clipped at full scale"]
 */
export class LevelWatch {
  private readonly rate: number;
  private readonly clipping: Clipping;
  private all = 0;
  private value: number | undefined;
  private same = 0;
  private isSilenceTold = false;

  /** @param loudest the least absolute value that counts as full scale */
  constructor(rate: number, loudest = 1) {
    this.rate = rate;
    this.clipping = new Clipping(loudest);
  }

  /** Hears a piece. @returns what is to be told of it, the same however sound is cut into pieces */
  push(samples: Float32Array): string[] {
    const notes: string[] = [];
    for (const sample of samples) {
      this.all++;
      if (this.beginsToClip(sample))
        notes.push(`samples are clipped at full scale, from ${(this.all / this.rate).toFixed(2)} s on`);
      if (this.isFirstSilence(sample))
        notes.push(`for ${SILENT_SECONDS} s all samples are ${sample}: is the microphone on?`);
    }
    return notes;
  }

  private beginsToClip(sample: number): boolean {
    const before = this.clipping.count;
    this.clipping.push(sample);
    return before === 0 && this.clipping.count > 0;
  }

  private isFirstSilence(sample: number): boolean {
    this.same = sample === this.value ? this.same + 1 : 1;
    this.value = sample;
    if (this.isSilenceTold || this.same < SILENT_SECONDS * this.rate) return false;
    this.isSilenceTold = true;
    return true;
  }

  /** What is to be told when no sample will come any more. */
  end(): string[] {
    const { count } = this.clipping;
    return count > 0 ? [clippedNote(count, this.all)] : [];
  }
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
