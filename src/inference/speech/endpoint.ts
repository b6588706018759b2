/** Where an utterance ends: at a silence. */
import { VrnnError } from "../../errors.ts";
import { likeliestLabel } from "./greedy.ts";
import type { Hypothesis, TimedWord } from "./heard.ts";
import { PrefixBeam, type PrefixBeamOptions } from "./prefix-beam.ts";
import { FreePath } from "./rejection.ts";

/** How long a silence ends an utterance. */
export interface EndpointOptions {
  /** Frames a second. */
  readonly rate: number;
  /** Seconds of silence; half a second unless told. */
  readonly silence?: number;
  /** The label that stands for none; 0 unless told. */
  readonly blank?: number;
}

/**
 * Counts the frames since a label other than the blank was likeliest.
 *
 * @example
 * const endpoint = new Endpoint({ rate: 33.3 });
 * endpoint.push(frame); // true once half a second long nothing was said
 */
export class Endpoint {
  /** So many frames of silence end an utterance. */
  readonly frames: number;
  private readonly blank: number;
  private silent = 0;

  /** @throws VrnnError `speech/endpoint` for a rate or a silence that is not above 0 */
  constructor({ rate, silence = 0.5, blank = 0 }: EndpointOptions) {
    if (!(rate > 0 && silence > 0))
      throw new VrnnError("speech/endpoint", `rate and silence are above 0, not ${rate} and ${silence}`);
    this.frames = Math.max(1, Math.round(rate * silence));
    this.blank = blank;
  }

  /** Whether it has been silent for long enough. @param frame log-probabilities, `[K]` */
  push(frame: ArrayLike<number>): boolean {
    this.silent = likeliestLabel(frame) === this.blank ? this.silent + 1 : 0;
    return this.silent >= this.frames;
  }

  /** Begins to count anew. */
  reset(): void {
    this.silent = 0;
  }
}

/** An utterance that has ended. */
export interface HeardUtterance {
  /** What may have been said, the best first. */
  readonly hypotheses: readonly Hypothesis[];
  /** Its first frame, and the one behind the last: the end of the silence. */
  readonly start: number;
  readonly end: number;
  /** How well its words fit the frames, nats per frame of speech: see `FreePath.fit`. */
  readonly fit: number;
}

/**
 * Hears one utterance after the other: a prefix beam that begins a new sentence where it was silent for long enough. Frames are
 * counted from the first of all.
 *
 * @example
 * const listener = new Listener({ lexicon, model }, { rate: 33.3 });
 * for await (const frame of frames) {
 *   const heard = listener.push(frame);
 *   if (heard) print(heard.hypotheses[0].words); // final
 *   else show(listener.partial()); // may change yet
 * }
 * listener.finish(); // what was said last
 */
export class Listener {
  private readonly beam: PrefixBeam;
  private readonly endpoint: Endpoint;
  private readonly free: FreePath;
  private start = 0;

  constructor(options: PrefixBeamOptions, endpoint: EndpointOptions) {
    this.beam = new PrefixBeam(options);
    const { blank = 0 } = options;
    this.endpoint = new Endpoint({ blank, ...endpoint });
    this.free = new FreePath(blank);
  }

  /** Hears a frame; the utterance, once it has ended and something was said in it. */
  push(frame: Float32Array): HeardUtterance | undefined {
    this.beam.push(frame);
    this.free.push(frame);
    const isEnd = this.endpoint.push(frame) && this.beam.partial().length > 0;
    return isEnd ? this.finish() : undefined;
  }

  /** The words that the utterance begins with, whatever comes. */
  stable(): TimedWord[] {
    return this.beam.stable();
  }

  /** The words of the utterance as it looks now. */
  partial(): TimedWord[] {
    return this.beam.partial();
  }

  /** Takes out the words that are certain, where an utterance has no end: they count for it no longer, nor do they take memory. */
  drain(): TimedWord[] {
    return this.beam.drain();
  }

  /** Ends the utterance; undefined where nothing was said. @param most how many hypotheses */
  finish(most = 10): HeardUtterance | undefined {
    const hypotheses = this.beam.finish(most);
    const [start, end] = [this.start, this.beam.frames];
    const best = hypotheses[0]!; // one at least
    const fit = this.free.fit(best.acoustic);
    this.start = end;
    for (const part of [this.beam, this.endpoint, this.free]) part.reset();
    return best.words.length > 0 ? { hypotheses, start, end, fit } : undefined;
  }
}
