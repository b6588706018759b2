/** When labels were said that are known: the likeliest path that reads as them. */
import { VrnnError } from "../../errors.ts";
import type { HeardLabel } from "./greedy.ts";
import type { TimedWord } from "./heard.ts";

/** Log-probabilities of a whole utterance. */
export interface LabelProbabilities {
  /** `[T, K]`, row by row. */
  readonly logProbs: Float32Array;
  /** K. */
  readonly labels: number;
  /** The label that stands for none; 0 unless told. */
  readonly blank?: number;
}

/** Labels at their places, and log p of the path, nats. */
export interface ForcedAlignment {
  readonly spans: readonly HeardLabel[];
  readonly logProb: number;
}

const NEVER = Number.NEGATIVE_INFINITY;

/**
 * The Viterbi path over blank, label, blank, …, label, blank (Graves, Fernández, Gomez and Schmidhuber 2006, the states of eq. 6, with
 * the greatest in place of the sum): a span for each label, from its first frame to the one behind its last. Of paths that are equally
 * likely it takes the one whose labels come later.
 *
 * @param told the labels that were said, without blanks
 * @throws VrnnError `alignment/labels` for labels that cannot be, `alignment/frames` where there is no path
 * @example
 * alignLabels({ logProbs, labels: 34 }, [3, 17]).spans; // [{ label: 3, start: 4, end: 7 }, { label: 17, start: 9, end: 10 }]
 */
export function alignLabels(
  { logProbs, labels, blank = 0 }: LabelProbabilities,
  told: readonly number[],
): ForcedAlignment {
  const wrong = told.find((label) => label === blank || !(label >= 0 && label < labels));
  if (wrong !== undefined)
    throw new VrnnError("alignment/labels", `label ${wrong} cannot have been said`, {
      remedy: `give labels from 0 to ${labels - 1}, without the blank, ${blank}`,
    });
  const states = Int32Array.from({ length: 2 * told.length + 1 }, (_, s) =>
    s % 2 === 0 ? blank : told[(s - 1) / 2]!,
  );
  const steps = logProbs.length / labels;
  const { steps: back, last } = searched(logProbs, labels, states, steps);
  const final = states.length > 1 && last[states.length - 2]! >= last[states.length - 1]! ? 2 : 1;
  const logProb = last[states.length - final]!;
  if (logProb === NEVER)
    throw new VrnnError("alignment/frames", `no path through ${steps} frames has ${told.length} labels`, {
      remedy: "a label takes a frame, and one that follows its like another for the blank between",
    });
  return { spans: spansOf(back, states, states.length - final), logProb };
}

/** How many states each state was reached over, `[T, S]`, and log p of the best path to each at the end, `[S]`. */
function searched(logProbs: Float32Array, labels: number, states: Int32Array, steps: number) {
  const back = new Uint8Array(steps * states.length);
  let last = new Float64Array(states.length).fill(NEVER);
  last[0] = 0; // before the first frame, from where the first label can be reached as well
  for (let t = 0; t < steps; t++) {
    const now = new Float64Array(states.length);
    for (let s = 0; s < states.length; s++) {
      let [best, over] = [last[s]!, 0];
      if (s > 0 && last[s - 1]! > best) [best, over] = [last[s - 1]!, 1];
      const skips = s > 1 && states[s] !== states[s - 2] && s % 2 === 1;
      if (skips && last[s - 2]! > best) [best, over] = [last[s - 2]!, 2];
      now[s] = best + logProbs[t * labels + states[s]!]!;
      back[t * states.length + s] = over;
    }
    last = now;
  }
  return { steps: back, last };
}

/** The labels of the path that ends in a state. */
function spansOf(back: Uint8Array, states: Int32Array, final: number): HeardLabel[] {
  const spans: HeardLabel[] = [];
  let state = final;
  let end = back.length / states.length;
  for (let t = end - 1; t >= 0; t--) {
    const over = back[t * states.length + state]!;
    if (over === 0 && t > 0) continue;
    if (state % 2 === 1) spans.push({ label: states[state]!, start: t, end });
    end = t;
    state -= over;
  }
  return spans.reverse();
}

/**
 * When words were said: each from the first frame of its first unit to the one behind the last frame of its last.
 *
 * @param words each with the labels of its units
 * @throws VrnnError as `alignLabels`, and `alignment/labels` for a word without labels
 * @example
 * alignWords({ logProbs, labels: 34 }, [{ word: "NINE", labels: [21, 5, 21] }]); // [{ word: "NINE", start: 12, end: 19 }]
 */
export function alignWords(
  probabilities: LabelProbabilities,
  words: readonly { readonly word: string; readonly labels: readonly number[] }[],
): TimedWord[] {
  const empty = words.find(({ labels }) => labels.length === 0);
  if (empty !== undefined)
    throw new VrnnError("alignment/labels", "a word has one label at least", { at: empty.word });
  const { spans } = alignLabels(
    probabilities,
    words.flatMap(({ labels }) => labels),
  );
  let from = 0;
  return words.map(({ word, labels }) => {
    const [first, last] = [spans[from]!, spans[from + labels.length - 1]!];
    from += labels.length;
    return { word, start: first.start, end: last.end };
  });
}
