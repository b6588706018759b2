/** Speech that is learned from a little otherwise each time: quicker or slower, noisier, of another voice, with holes. */
import type { Random } from "../../random/generator.ts";
import { type Frames, framesOf } from "../audio/frames.ts";
import { USUAL_LIFTER } from "../audio/mfcc.ts";
import { joined } from "../audio/stages.ts";
import type { Fields } from "../fields.ts";
import type { Reread } from "../reread.ts";
import { type BandPerturbation, perturbBands } from "./bands.ts";
import { type Ears, earsOf } from "./ears.ts";
import { type Hearing, stepsOf } from "./hearing.ts";

/** What is done to an utterance each time that it is learned from. */
export interface Perturbation extends BandPerturbation {
  /** The share by which it is quicker or slower at most. */
  readonly speed: number;
  /** Noise on frames, as a share of each number's deviation. */
  readonly noise: number;
  /** Seconds of silence before it and behind it, at most; of features that were computed elsewhere none is made. */
  readonly pad: number;
  /** How many stretches of steps are left out of a hundred, and how long each is at most. */
  readonly masks: number;
  readonly maskSteps: number;
}

/** Silence is white noise, so many decibels below full scale: from a bit of 16 to a loud room. */
const SILENCE = { most: 90, least: 40 } as const;
/** No more than this share of an utterance is left out by one stretch. */
const MOST_MASKED = 1 / 6;

/**
 * Frames are stretched in time (Ko et al., "Audio Augmentation for Speech Recognition", Interspeech 2015), put between silence, made noisier and
 * warped in frequency (`perturbBands`), then steps made of them, of which stretches are left out as if nothing had been observed (time masks of SpecAugment; Park et al. 2019,
 * section 2), the more of them the longer the utterance is. What an encoder tells is neither stretched nor warped, nor put between silence: nobody
 * knows what it would have told then.
 *
 * @param fields those of a data set of speech
 * @example
 * const reread = perturbation(hearing, data.fields, {
 *   ...{ speed: 0.1, pad: 0.3, noise: 0.15, warp: 0.08, maskBands: 3, masks: 2, maskSteps: 7 },
 * });
 * reread(part, Random.stream(1, "row", 7)).length; // 92 steps of 88
 */
export function perturbation(
  hearing: Hearing,
  { x }: Fields,
  { speed, pad, noise, masks, maskSteps, ...ofBands }: Perturbation,
): Reread {
  const columns = x?.kind === "columns" ? x.columns : [];
  // The first numbers of a step are those of its first frame.
  const numbers = columns.slice(0, hearing.width);
  const deviations = numbers.map(({ standardDeviation }) => standardDeviation);
  const { spectral, normalise, encoder } = hearing;
  const frequencies = {
    mean: normalise?.before.mean ?? numbers.map(({ mean }) => mean),
    lifter: lifterOf(spectral),
  };
  const ears = pad > 0 ? earsOf(hearing) : undefined;
  const otherwiseSaid = (heard: Frames, random: Random): Frames => {
    const spoken = stretched(heard, 1 + speed * (2 * random.uniform() - 1));
    return ears === undefined ? spoken : amidSilence(ears, spoken, pad, random);
  };
  return (part, random) => {
    const heard = framesOf(part.values["frames"] as Float32Array, hearing.width);
    const frames = encoder === undefined ? otherwiseSaid(heard, random) : copied(heard);
    if (noise > 0) addNoise(frames.values, deviations, noise, random);
    if (encoder === undefined) perturbBands(frames, frequencies, ofBands, random);
    const steps = stepsOf(hearing, frames);
    const values = Float64Array.from(steps.values);
    // A rest of less than one stretch is left to chance.
    const count = Math.floor((masks * steps.length) / 100 + random.uniform());
    for (let i = 0; i < count; i++) leaveOut(values, steps, maskSteps, random);
    return { ...part, length: steps.length, values: { ...part.values, x: values } };
  };
}

/** How cepstra are liftered; undefined for bands. Frames that were computed elsewhere are what Sphinx computes: cepstra as they are. */
function lifterOf(spectral: Hearing["spectral"]): number | undefined {
  if (spectral === undefined) return 0;
  return spectral.cepstra === undefined ? undefined : (spectral.lifter ?? USUAL_LIFTER);
}

const copied = ({ width, values }: Frames): Frames => framesOf(values.slice(), width);

/** Frames between frames on straight lines, so many times as quick. */
function stretched({ width, length, values }: Frames, speed: number): Frames {
  const count = Math.max(1, Math.round(length / speed));
  const out = new Float32Array(count * width);
  for (let t = 0; t < count; t++) {
    const place = Math.min(length - 1, t * speed);
    const before = Math.floor(place);
    const [after, share] = [Math.min(length - 1, before + 1), place - before];
    for (let d = 0; d < width; d++)
      out[t * width + d] = (1 - share) * values[before * width + d]! + share * values[after * width + d]!;
  }
  return framesOf(out, width);
}

/** Frames behind and before those of some silence, of its own length at either end. @param most seconds */
function amidSilence(ears: Ears, { width, values }: Frames, most: number, random: Random): Frames {
  const { most: softest, least: loudest } = SILENCE;
  const amplitude = 10 ** (-(loudest + (softest - loudest) * random.uniform()) / 20);
  const silence = () => {
    const samples = new Float32Array(Math.round(most * random.uniform() * ears.rate));
    random.fillNormal(samples);
    return ears.frames(samples.map((sample) => amplitude * sample)).values;
  };
  return framesOf([silence(), values, silence()].reduce(joined), width);
}

/** @param values `[T, width]` @param deviations `[width]` */
function addNoise(values: Float32Array, deviations: readonly number[], share: number, random: Random): void {
  const normal = new Float32Array(values.length);
  random.fillNormal(normal);
  const { length: width } = deviations;
  for (let i = 0; i < values.length; i++) values[i]! += share * deviations[i % width]! * normal[i]!;
}

/** Leaves out a stretch of steps, which may be none. */
function leaveOut(values: Float64Array, { width, length }: Frames, most: number, random: Random): void {
  const steps = random.integer(Math.min(most, Math.floor(MOST_MASKED * length)) + 1);
  const from = random.integer(length - steps + 1);
  values.fill(Number.NaN, from * width, (from + steps) * width);
}
