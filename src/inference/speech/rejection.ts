/** Whether what was heard was said at all: words of the lexicon beside what the frames say when they are free. */
import { VrnnError } from "../../errors.ts";
import { sampleQuantile } from "../../metrics/quantiles.ts";
import { likeliestLabel } from "./greedy.ts";

/**
 * The likeliest path of a stretch of frames, whatever it reads as: what a filler model of free units is to a recogniser of keywords
 * (Rose and Paul, "A Hidden Markov Model Based Keyword Recognition System", ICASSP 1990).
 *
 * @example
 * const free = new FreePath();
 * for (const frame of frames) free.push(frame);
 * free.fit(hypothesis.acoustic) < threshold; // true: this was no speech, or other words
 */
export class FreePath {
  private readonly blank: number;
  private nats = 0;
  private spoken = 0;

  constructor(blank = 0) {
    this.blank = blank;
  }

  /** Takes the likeliest label of a frame in. @param frame log-probabilities, `[K]` */
  push(frame: ArrayLike<number>): void {
    const label = likeliestLabel(frame);
    this.nats += frame[label]!;
    if (label !== this.blank) this.spoken++;
  }

  /**
   * (log p(frames | words) − log p(likeliest path)) / frames of speech, which are those in which a blank is not the likeliest label, and one
   * at least. Near 0, or a little above as words add up all their paths, where the words are what the frames say; far below where they are
   * forced upon them.
   *
   * @param acoustic log p of the frames given the words, nats
   */
  fit(acoustic: number): number {
    return (acoustic - this.nats) / Math.max(1, this.spoken);
  }

  /** Begins anew. */
  reset(): void {
    this.nats = 0;
    this.spoken = 0;
  }
}

/**
 * The fit below which an utterance is rejected: the quantile of those of clean utterances, so that of such a share of them is lost.
 *
 * @param fits of utterances that are known to be speech, not those that the model was trained on
 * @param share how many of them may be lost; 1 in 100 unless told
 * @throws VrnnError `speech/rejection` without a fit, or for a share that is not between 0 and 1
 * @example
 * leastFit([-0.3, -0.1, -0.2, -2.5], 0.2); // -2.5
 */
export function leastFit(fits: readonly number[], share = 0.01): number {
  if (fits.length === 0 || !(share > 0 && share < 1))
    throw new VrnnError("speech/rejection", "a threshold is a quantile of one fit at least", {
      remedy: "give fits of clean utterances, and a share between 0 and 1",
    });
  return sampleQuantile(Float64Array.from(fits).sort(), share);
}
