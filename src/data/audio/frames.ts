/** A signal cut into frames that overlap. */
import { VrnnError } from "../../errors.ts";
import { Random } from "../../random/generator.ts";
import { checkSamples } from "./sound.ts";

/** Rows of one width: what front ends give and streams of features carry. */
export interface Frames {
  readonly width: number;
  /** T. */
  readonly length: number;
  /** `[T, width]`, row-major. */
  readonly values: Float32Array;
}

/** Rows of a width, as many as the values make. @example framesOf(Float32Array.of(1, 2, 3, 4), 2).length // 2 */
export const framesOf = (values: Float32Array, width: number): Frames => ({
  width,
  length: values.length / width,
  values,
});

/** Noise that is added to samples, so that digital silence has a finite logarithm. */
export interface Dither {
  /** The same seed, the same noise. */
  readonly seed: number;
  /** Its standard deviation, where full scale is 1; one step of 16 bits (2⁻¹⁵) unless told, as in Kaldi. */
  readonly deviation?: number;
}

/** How a signal is cut. */
export interface Cutting {
  /** Samples of a frame. */
  readonly window: number;
  /** Samples from one frame's beginning to the next one's. */
  readonly hop: number;
  /**
   * `snip`: frames lie within the signal, ⌊(N - window) / hop⌋ + 1 of them, and samples behind the last are left out
   * (Kaldi). `centre`: frame t has its middle at sample t · hop, with silence around the signal (librosa).
   */
  readonly edges: "snip" | "centre";
  readonly dither?: Dither | undefined;
}

/**
 * Cuts a signal that arrives in pieces of any sizes. It keeps one frame of samples and nothing else; the same signal gives
 * the same frames however it was cut into pieces.
 *
 * @example
 * const cutter = new FrameCutter({ window: 400, hop: 160, edges: "snip" }, (frame) => spectra.push(powerOf(frame)));
 * cutter.push(samples);
 * cutter.end();
 */
export class FrameCutter {
  readonly #window: Float64Array;
  /** What is shown of the window: whoever is shown it may write to it. */
  readonly #frame: Float64Array;
  readonly #hop: number;
  readonly #onFrame: (frame: Float64Array) => void;
  readonly #noise: Random | undefined;
  readonly #deviation: number;
  readonly #margin: number;
  #filled: number;
  /** Samples to be passed over, where hops are longer than frames. */
  #skip = 0;
  #seen = 0;

  /** @param onFrame is shown `[window]`, valid until it returns, which it may write to */
  constructor({ window, hop, edges, dither }: Cutting, onFrame: (frame: Float64Array) => void) {
    this.#window = new Float64Array(window);
    this.#frame = new Float64Array(window);
    this.#hop = hop;
    this.#onFrame = onFrame;
    this.#deviation = dither?.deviation ?? 2 ** -15;
    this.#noise = dither && Random.stream(dither.seed, "dither");
    this.#margin = edges === "centre" ? Math.floor(window / 2) : 0;
    this.#filled = this.#margin;
  }

  /** How many samples it was given. */
  get seen(): number {
    return this.#seen;
  }

  /** @throws VrnnError `data/sound` for samples that are NaN or infinite, none of which is taken. */
  push(samples: Float32Array): void {
    checkSamples(samples, undefined, this.#seen);
    this.#seen += samples.length;
    this.#take(samples.length, (i) => samples[i]! + this.#dither());
  }

  /** No sample will come any more. */
  end(): void {
    this.#take(this.#seen > 0 ? this.#margin : 0, () => 0);
  }

  #dither(): number {
    return this.#noise === undefined ? 0 : this.#deviation * this.#noise.normal();
  }

  #take(count: number, sampleAt: (i: number) => number): void {
    const window = this.#window;
    for (let i = 0; i < count; i++) {
      const sample = sampleAt(i);
      if (this.#skip > 0) {
        this.#skip -= 1;
        continue;
      }
      window[this.#filled++] = sample;
      if (this.#filled === window.length) this.#emit();
    }
  }

  #emit(): void {
    const [window, hop] = [this.#window, this.#hop];
    this.#frame.set(window);
    this.#onFrame(this.#frame);
    window.copyWithin(0, Math.min(hop, window.length));
    this.#filled = Math.max(0, window.length - hop);
    this.#skip = Math.max(0, hop - window.length);
  }
}

/** Takes the mean of a frame away from it, in place. */
export function removeMean(frame: Float64Array): void {
  let sum = 0;
  for (const sample of frame) sum += sample;
  const mean = sum / frame.length;
  for (let i = 0; i < frame.length; i++) frame[i]! -= mean;
}

/**
 * Raises high frequencies, in place: x[n] - c x[n - 1] within a frame, where what is before its first sample counts as that
 * sample, as HTK and Kaldi have it.
 */
export function preEmphasise(frame: Float64Array, coefficient: number): void {
  for (let i = frame.length - 1; i > 0; i--) frame[i]! -= coefficient * frame[i - 1]!;
  frame[0]! -= coefficient * frame[0]!;
}

/** @throws VrnnError `data/front-end` unless a count is a whole number from 1 to `most`. */
export function checkCount(value: number, name: string, most = 2 ** 20): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new VrnnError("data/front-end", `${name} of ${value} cannot be used`, {
    remedy: `give a whole number from 1 to ${most}`,
  });
}
