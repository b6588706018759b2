/** The likeliest path: at each frame its likeliest label, repeats counted once and blanks left out. */

/** A label and the frames that it was likeliest in: from the first to the one behind the last. */
export interface HeardLabel {
  readonly label: number;
  readonly start: number;
  readonly end: number;
}

/** The likeliest label of a frame, the first of those that are equally likely. @param frame `[K]` */
export function likeliestLabel(frame: ArrayLike<number>): number {
  let best = 0;
  for (let label = 1; label < frame.length; label++) if (frame[label]! > frame[best]!) best = label;
  return best;
}

/**
 * Best-path decoding (Graves, Fernández, Gomez and Schmidhuber 2006, eq. 4), frame by frame.
 *
 * @example
 * const path = new BestPath();
 * for (const frame of frames) path.push(frame); // 1 where a label begins, else undefined
 */
export class BestPath {
  private readonly blank: number;
  private last: number;

  constructor(blank = 0) {
    this.blank = blank;
    this.last = blank;
  }

  /** The label that begins at this frame, if one does. @param frame log-probabilities `[K]` */
  push(frame: ArrayLike<number>): number | undefined {
    const label = likeliestLabel(frame);
    const begins = label !== this.blank && label !== this.last;
    this.last = label;
    return begins ? label : undefined;
  }
}

/**
 * The labels of the likeliest path of a whole utterance.
 *
 * @param logProbs `[T, K]`, row by row @param labels K
 * @example
 * bestPath(Float32Array.of(-0.1, -3, -3, -0.1, -3, -0.1), 2); // [{ label: 1, start: 1, end: 2 }]
 */
export function bestPath(logProbs: Float32Array, labels: number, blank = 0): HeardLabel[] {
  const spans: HeardLabel[] = [];
  let last = blank;
  for (let t = 0; t < logProbs.length / labels; t++) {
    const label = likeliestLabel(logProbs.subarray(t * labels, (t + 1) * labels));
    const open = spans.at(-1);
    if (label !== blank && label === last) spans[spans.length - 1] = { ...open!, end: t + 1 };
    else if (label !== blank) spans.push({ label, start: t, end: t + 1 });
    last = label;
  }
  return spans;
}
