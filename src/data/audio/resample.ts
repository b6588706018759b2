/** Sound at another rate. */
import { checkRate } from "./sound.ts";
import { joined } from "./stages.ts";
import { besselI0 } from "./windows.ts";

/** How well a resampler keeps what it keeps, and what that costs. */
export interface ResampleOptions {
  /** Zeros of the sinc on either side; 64 unless told. Twice as many make the band that is lost half as wide. */
  readonly zeros?: number;
  /** How much weaker what must go becomes, in dB; 96 unless told, the range of 16 bits. */
  readonly attenuation?: number;
}

/** Above so many phases each output's coefficients are computed anew instead of kept. */
const MOST_PHASES = 4096;

/** A low-pass of finite length, as a function of time. */
interface Kernel {
  /** Input samples on either side that an output depends on. */
  readonly reach: number;
  /** The response at a distance in input samples. */
  readonly at: (distance: number) => number;
}

/**
 * Resamples by any ratio of whole rates: output n is Σ_k x[k] h(n · from / to - k), where h is a sinc under a Kaiser window
 * whose cut-off lies under the lower of the two Nyquist frequencies so far that its transition ends there. Outside
 * the recording there is silence.
 *
 * @param samples `[N]`
 * @param from the rate of the samples, in Hz
 * @returns `[⌈N · to / from⌉]`; the same memory where the rates are equal
 * @throws VrnnError `data/sound` for a rate that is no whole number above 0
 * @example
 * resample(samples, 44_100, 16_000).length; // ⌈samples.length · 160 / 441⌉
 * @see Oppenheim and Schafer, Discrete-Time Signal Processing, §7.5 (Kaiser's formulas)
 */
export function resample(
  samples: Float32Array,
  from: number,
  to: number,
  options: ResampleOptions = {},
): Float32Array {
  if (from === to) {
    checkRate(from);
    return samples;
  }
  const resampler = new Resampler(from, to, options);
  return joined(resampler.push(samples), resampler.end());
}

/**
 * Resamples sound that arrives in pieces: bit for bit what `resample` gives of all of it, however it was cut. It keeps as many samples as
 * an output depends on, 2 · 64 · from / to where that is more than 128, and waits for half of them.
 *
 * @example
 * const resampler = new Resampler(48_000, 16_000);
 * for await (const samples of microphone) hear(resampler.push(samples));
 * hear(resampler.end());
 */
export class Resampler {
  private readonly up: number;
  private readonly down: number;
  private readonly reach: number;
  private readonly phaseAt: (phase: number) => Float64Array;
  private kept: Float32Array = new Float32Array();
  /** How many samples came before those that are kept, how many came in all, and how many went out. */
  private before = 0;
  private seen = 0;
  private told = 0;

  /** @throws VrnnError `data/sound` for a rate that is no whole number above 0 */
  constructor(from: number, to: number, options: ResampleOptions = {}) {
    checkRate(from);
    checkRate(to);
    const divisor = gcd(from, to);
    [this.up, this.down] = [to / divisor, from / divisor];
    const kernel = kernelOf(this.up, this.down, options);
    this.reach = kernel.reach;
    this.phaseAt = keptPhases(kernel, this.up);
  }

  /** @param samples `[N]` @returns the samples of the other rate that can be told by now */
  push(samples: Float32Array): Float32Array {
    if (this.up === this.down) return samples;
    this.kept = joined(this.kept, samples);
    this.seen += samples.length;
    return this.upTo(this.seen - this.reach);
  }

  /** What is left when no sample will come any more. */
  end(): Float32Array {
    return this.up === this.down ? new Float32Array() : this.upTo(this.seen);
  }

  /** The outputs that lie before an input sample, as far as they were not told. */
  private upTo(end: number): Float32Array {
    const { up, down, reach, kept, before } = this;
    const out = new Float32Array(Math.max(0, Math.ceil((end * up) / down) - this.told));
    for (let i = 0; i < out.length; i++) {
      const place = (this.told + i) * down;
      const phase = place % up;
      out[i] = weighted(kept, (place - phase) / up - reach - before, this.phaseAt(phase));
    }
    this.told += out.length;
    const needed = Math.floor((this.told * down) / up) - reach - before;
    if (needed > 0) {
      this.kept = kept.slice(needed);
      this.before += Math.min(needed, kept.length);
    }
    return out;
  }
}

function kernelOf(up: number, down: number, { zeros = 64, attenuation = 96 }: ResampleOptions): Kernel {
  const slower = Math.min(1, up / down);
  const beta = 0.1102 * (attenuation - 8.7);
  // Half of the transition's width, as a share of Nyquist's frequency: it is to end there.
  const half = (attenuation - 8) / (2.285 * 2 * zeros) / (2 * Math.PI);
  const cutoff = slower * (1 - half);
  const width = zeros / slower;
  const at = (distance: number) => {
    const place = distance / width;
    if (Math.abs(place) >= 1) return 0;
    const window = besselI0(beta * Math.sqrt(1 - place * place)) / besselI0(beta);
    return cutoff * sinc(cutoff * distance) * window;
  };
  return { reach: Math.ceil(width), at };
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Coefficients by phase, each set computed when it is first asked for. */
function keptPhases(kernel: Kernel, up: number): (phase: number) => Float64Array {
  const kept = new Map<number, Float64Array>();
  return (phase) => {
    const known = kept.get(phase);
    if (known !== undefined) return known;
    const made = coefficients(kernel, phase / up);
    if (kept.size < MOST_PHASES) kept.set(phase, made);
    return made;
  };
}

/** What the inputs from `-reach` to `reach` count for an output that lies `offset` after input 0; a constant stays what it is. */
function coefficients({ reach, at }: Kernel, offset: number): Float64Array {
  const made = Float64Array.from({ length: 2 * reach + 1 }, (_, k) => at(offset + reach - k));
  const sum = made.reduce((all, each) => all + each, 0);
  return made.map((each) => each / sum);
}

function weighted(samples: Float32Array, start: number, weights: Float64Array): number {
  const [from, to] = [Math.max(0, -start), Math.min(weights.length, samples.length - start)];
  let sum = 0;
  for (let k = from; k < to; k++) sum += weights[k]! * samples[start + k]!;
  return sum;
}

function gcd(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}
