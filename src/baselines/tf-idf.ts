/**
 * Texts classed by their words and letters: TF-IDF and logistic regression, as scikit-learn's `TfidfVectorizer`
 * (`sublinear_tf`, smoothed idf) and `LogisticRegression` define them.
 */
import { VrnnError } from "../errors.ts";
import { minimised, type Smooth } from "./lbfgs.ts";

/** How texts become features, and how much these may weigh. */
export interface TfIdfOptions {
  /** Lengths of the runs of words that are counted; 1 to 2 unless told. */
  readonly words?: readonly [shortest: number, longest: number];
  /** Lengths of the runs of characters that are counted; 3 to 5 unless told. */
  readonly characters?: readonly [shortest: number, longest: number];
  /** In how many texts a feature has to be; 2 unless told. */
  readonly minimum?: number;
  /** C of ½ ‖w‖² + C Σ −log p(class | text): the more, the less the weights are held back; 30 unless told. */
  readonly inverseRegularisation?: number;
  /** How many classes there are; as many as occur unless told. */
  readonly levels?: number;
  /** The most steps of descent; 60 unless told. */
  readonly iterations?: number;
}

/** The places and values of what is not 0. */
interface Sparse {
  readonly places: Int32Array;
  readonly values: Float64Array;
}

/** Counts the features of one kind in a text. */
type CountFeatures = (text: string) => Map<string, number>;

/**
 * Features: 1 + log of how often a run of words or characters is in the text, times log (1 + n) / (1 + df) + 1; those of
 * words and those of characters are each of length 1 together. Softmax regression on them, by limited-memory BFGS.
 *
 * @example
 * const model = TfIdf.fit(["Ok lar...", "WINNER!! You have won", ...], [0, 1, ...]);
 * model.probabilities("You have won a prize"); // [0.04, 0.96]
 */
export class TfIdf {
  private readonly kinds: readonly Vectoriser[];
  private readonly weights: Weights;
  private readonly sizes: Pick<Problem, "levels" | "size">;

  private constructor(kinds: readonly Vectoriser[], weights: Weights, sizes: TfIdf["sizes"]) {
    this.kinds = kinds;
    this.weights = weights;
    this.sizes = sizes;
  }

  /**
   * Learns from texts and their classes.
   *
   * @param classes of each text, numbers from 0
   * @throws VrnnError `baseline/classes` where they are not as many as the texts, or there are no texts
   */
  static fit(texts: readonly string[], classes: readonly number[], options: TfIdfOptions = {}): TfIdf {
    if (texts.length === 0 || texts.length !== classes.length)
      throw new VrnnError(
        "baseline/classes",
        `there are ${classes.length} classes of ${texts.length} texts`,
        {
          remedy: "give one for each text, and at least one",
        },
      );
    const { words = [1, 2], characters = [3, 5], minimum = 2 } = options;
    const { inverseRegularisation = 30, iterations = 60 } = options;
    const vectorisers: Vectoriser[] = [];
    let offset = 0;
    for (const count of [wordRuns(words), characterRuns(characters)]) {
      const vectoriser = new Vectoriser(texts, count, offset, minimum);
      vectorisers.push(vectoriser);
      offset += vectoriser.size;
    }
    const rows = texts.map((text) => vectorised(vectorisers, text));
    const levels = options.levels ?? 1 + classes.reduce((most, each) => Math.max(most, each), 0);
    const problem = { rows, classes, levels, size: offset };
    const weights = descend(problem, 1 / (inverseRegularisation * rows.length), iterations);
    return new TfIdf(vectorisers, weights, { levels, size: offset });
  }

  /** How likely each class is, `[classes]`. */
  probabilities(text: string): Float64Array {
    return softmax(scoresOf(this.weights, vectorised(this.kinds, text), this.sizes));
  }

  /** The likeliest class. */
  classOf(text: string): number {
    const all = this.probabilities(text);
    return all.indexOf(Math.max(...all));
  }
}

/** Runs of words of two letters or digits and more, in lower case. */
const wordRuns =
  ([shortest, longest]: readonly [number, number]): CountFeatures =>
  (text) => {
    const words = text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
    return runCounts(words.length, shortest, longest, (from, to) => words.slice(from, to).join(" "));
  };

/** Runs of characters in lower case, where white space of any length counts as one. */
const characterRuns =
  ([shortest, longest]: readonly [number, number]): CountFeatures =>
  (text) => {
    const plain = text.toLowerCase().replace(/\s+/gu, " ");
    return runCounts(plain.length, shortest, longest, (from, to) => plain.slice(from, to));
  };

function runCounts(
  length: number,
  shortest: number,
  longest: number,
  runOf: (from: number, to: number) => string,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (let size = shortest; size <= longest; size++) {
    for (let from = 0; from + size <= length; from++) {
      const run = runOf(from, from + size);
      counts.set(run, (counts.get(run) ?? 0) + 1);
    }
  }
  return counts;
}

/** Features of one kind. */
class Vectoriser {
  /** Of each feature its place among all, and its inverse document frequency. */
  private readonly features = new Map<string, { readonly place: number; readonly idf: number }>();
  private readonly count: CountFeatures;

  constructor(texts: readonly string[], count: CountFeatures, offset: number, minimum: number) {
    this.count = count;
    const holders = new Map<string, number>();
    for (const text of texts)
      for (const feature of count(text).keys()) holders.set(feature, (holders.get(feature) ?? 0) + 1);
    for (const [feature, df] of holders) {
      if (df < minimum) continue;
      const idf = Math.log((1 + texts.length) / (1 + df)) + 1;
      this.features.set(feature, { place: offset + this.features.size, idf });
    }
  }

  get size(): number {
    return this.features.size;
  }

  /** The features of a text, of length 1 together; those never seen are left out. */
  of(text: string): [place: number, value: number][] {
    const found = [...this.count(text)].flatMap(([feature, times]): [number, number][] => {
      const known = this.features.get(feature);
      return known === undefined ? [] : [[known.place, (1 + Math.log(times)) * known.idf]];
    });
    const norm = Math.sqrt(found.reduce((all, [, value]) => all + value ** 2, 0));
    return found.map(([place, value]) => [place, value / norm]);
  }
}

function vectorised(kinds: readonly Vectoriser[], text: string): Sparse {
  const all = kinds.flatMap((kind) => kind.of(text));
  return {
    places: Int32Array.from(all, ([place]) => place),
    values: Float64Array.from(all, ([, value]) => value),
  };
}

interface Problem {
  readonly rows: readonly Sparse[];
  readonly classes: readonly number[];
  readonly levels: number;
  /** How many features there are. */
  readonly size: number;
}

/** The weights of each feature, and last the biases: `[size + 1, levels]`. */
type Weights = Float64Array;

/** The weights that make ½ λ ‖w‖² + mean −log p least; the function is convex, so there are no others. */
function descend(problem: Problem, lambda: number, iterations: number): Weights {
  const { levels, size } = problem;
  const penalised = size * levels; // the biases are free
  const loss = (weights: Weights) => {
    const { value: nats, slope } = natsOf(problem, weights);
    let squares = 0;
    for (let w = 0; w < penalised; w++) {
      squares += weights[w]! ** 2;
      slope[w]! += lambda * weights[w]!;
    }
    return { value: nats + 0.5 * lambda * squares, slope };
  };
  return minimised(loss, new Float64Array((size + 1) * levels), { iterations, tolerance: 1e-9 });
}

/** The mean of −log p(class | text), and its gradient. */
function natsOf({ rows, classes, levels, size }: Problem, weights: Weights): ReturnType<Smooth> {
  const slope = new Float64Array(weights.length);
  let value = 0;
  rows.forEach((row, i) => {
    const errors = softmax(scoresOf(weights, row, { levels, size }));
    value -= Math.log(errors[classes[i]!]!) / rows.length;
    errors[classes[i]!]! -= 1;
    for (let l = 0; l < levels; l++) errors[l]! /= rows.length;
    const { places, values } = row;
    for (let k = 0; k < places.length; k++) addScaled(slope, places[k]! * levels, errors, values[k]!);
    addScaled(slope, size * levels, errors, 1);
  });
  return { value, slope };
}

/** Adds a multiple of some numbers to those from a place on. */
function addScaled(to: Float64Array, from: number, added: Float64Array, scale: number): void {
  for (let l = 0; l < added.length; l++) to[from + l]! += scale * added[l]!;
}

function scoresOf(
  weights: Weights,
  { places, values }: Sparse,
  { levels, size }: Pick<Problem, "levels" | "size">,
): Float64Array {
  const scores = weights.slice(size * levels);
  for (let k = 0; k < places.length; k++) {
    const [from, value] = [places[k]! * levels, values[k]!];
    for (let l = 0; l < levels; l++) scores[l]! += value * weights[from + l]!;
  }
  return scores;
}

function softmax(scores: Float64Array): Float64Array {
  const highest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = scores.map((score) => Math.exp(score - highest));
  const total = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / total);
}
