/** Starts of expectation maximisation, of which the likeliest goes on. */
import type { Sequence } from "../data/dataset.ts";
import type { EmIteration, Restarts } from "../models/model.ts";
import { Random } from "../random/generator.ts";

/** Iterations of a start, enough to tell which goes farther; however long training is, so that one that goes on takes the same way. */
const TRIAL = 20;

/** What is to begin. */
export interface Starting {
  readonly restarts: Restarts;
  iterate(weights: Float32Array, sequences: readonly Sequence[]): Iterable<EmIteration>;
  /** `[P]`: the first weights of all parameters. */
  readonly first: Float32Array;
  readonly sequences: readonly Sequence[];
  readonly seed: number;
}

/** What starts came to. */
export interface Started {
  /** `[P]`: where the likeliest has come to. */
  readonly weights: Float32Array;
  /** The log-likelihood of all sequences that each came to, in nats; nothing of a single one, which is not tried. */
  readonly trials: readonly number[];
}

/**
 * Begins so many times, each from a stream of its own of the seed.
 *
 * @yields after each iteration, so that others have their turn; given `true` it ends with what it has come to
 * @example
 * const { weights } = throughout(likeliestStart(starting));
 */
export function* likeliestStart(starting: Starting): Generator<void, Started, boolean> {
  const { restarts, first, sequences, seed } = starting;
  const starts = Array.from({ length: restarts.count }, (_, i) =>
    restarts.start(first, sequences, Random.stream(seed, "restart", i)),
  );
  if (starts.length === 1) return { weights: starts[0]!, trials: [] };
  const trials: EmIteration[] = [];
  for (const start of starts) {
    const { isOver, ...trial } = yield* tried(starting, start);
    trials.push(trial);
    if (isOver) break;
  }
  const best = trials.reduce((one, other) => (other.logLikelihood > one.logLikelihood ? other : one));
  return { weights: best.weights, trials: trials.map(({ logLikelihood }) => logLikelihood) };
}

/** A start that is followed for some iterations: the weights before the last, and their likelihood. */
function* tried(
  { iterate, sequences }: Starting,
  start: Float32Array,
): Generator<void, EmIteration & { readonly isOver: boolean }, boolean> {
  let weights = start;
  let done = 0;
  for (const after of iterate(start, sequences)) {
    done += 1;
    const isOver = yield;
    if (isOver || done === TRIAL) return { weights, logLikelihood: after.logLikelihood, isOver };
    weights = after.weights;
  }
  throw endless();
}

/** What comes of a start when nobody ends it. */
export function throughout(starts: Generator<void, Started, boolean>): Started {
  let next = starts.next(false);
  while (!next.done) next = starts.next(false);
  return next.value;
}

/** So many iterations from a start: the weights before the last, and their likelihood. */
export function iterated(
  { iterate, sequences }: Pick<Starting, "iterate" | "sequences">,
  start: Float32Array,
  count: number,
): EmIteration {
  let weights = start;
  let left = count;
  for (const after of iterate(start, sequences)) {
    left -= 1;
    if (left <= 0) return { weights, logLikelihood: after.logLikelihood };
    weights = after.weights;
  }
  throw endless();
}

const endless = () => new RangeError("iterations are without end");
