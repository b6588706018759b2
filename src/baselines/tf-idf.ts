/**
 * Texts classed by their words and letters: TF-IDF and logistic regression, as scikit-learn's `TfidfVectorizer`
 * (`sublinear_tf`, smoothed idf) and `LogisticRegression` define them.
 */
import { VrnnError } from "../errors.ts";

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
  /** Steps of descent; 300 unless told. */
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
 * words and those of characters are each of length 1 together. Softmax regression on them, by accelerated gradients.
 *
 * @example
 * const model = TfIdf.fit(["Ok lar...", "WINNER!! You have won", ...], [0, 1, ...]);
 * model.probabilities("You have won a prize"); // [0.04, 0.96]
 */
export class TfIdf {
  private readonly kinds: readonly Vectoriser[];
  private readonly weights: readonly Float64Array[];

  private constructor(kinds: readonly Vectoriser[], weights: readonly Float64Array[]) {
    this.kinds = kinds;
    this.weights = weights;
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
    const { inverseRegularisation = 30, iterations = 300 } = options;
    const vectorisers: Vectoriser[] = [];
    let offset = 0;
    for (const count of [wordRuns(words), characterRuns(characters)]) {
      const vectoriser = new Vectoriser(texts, count, offset, minimum);
      vectorisers.push(vectoriser);
      offset += vectoriser.size;
    }
    const rows = texts.map((text) => vectorised(vectorisers, text));
    const levels = 1 + classes.reduce((most, each) => Math.max(most, each), 0);
    const problem = { rows, classes, levels, size: offset };
    return new TfIdf(vectorisers, descend(problem, 1 / (inverseRegularisation * rows.length), iterations));
  }

  /** How likely each class is, `[classes]`. */
  probabilities(text: string): Float64Array {
    return softmax(this.weights.map((own) => scoreOf(own, vectorised(this.kinds, text))));
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

/**
 * Weights and a bias of each class, `[size + 1]`, that make ½ λ ‖w‖² + mean −log p small: Nesterov's accelerated descent
 * for strongly convex functions, with the step 1 / L. ‖x‖² is at most 3, the bias among it, and the softmax halves that.
 */
function descend(problem: Problem, lambda: number, iterations: number): Float64Array[] {
  const { levels, size } = problem;
  const steepest = 1.5 + lambda;
  const ratio = Math.sqrt(lambda / steepest);
  const momentum = (1 - ratio) / (1 + ratio);
  const weights = Array.from({ length: levels }, () => new Float64Array(size + 1));
  const ahead = weights.map((own) => own.slice());
  for (let i = 0; i < iterations; i++) {
    const slopes = slopesOf(problem, ahead);
    weights.forEach((own, level) => {
      const [from, slope] = [ahead[level]!, slopes[level]!];
      for (let d = 0; d <= size; d++) {
        const decay = d < size ? lambda * from[d]! : 0; // the bias is free
        const next = from[d]! - (slope[d]! + decay) / steepest;
        from[d] = next + momentum * (next - own[d]!);
        own[d] = next;
      }
    });
  }
  return weights;
}

/** The gradient of the mean of −log p(class | text). */
function slopesOf({ rows, classes, size }: Problem, weights: readonly Float64Array[]): Float64Array[] {
  const slopes = weights.map(() => new Float64Array(size + 1));
  rows.forEach((row, i) => {
    const { places, values } = row;
    const probabilities = softmax(weights.map((own) => scoreOf(own, row)));
    slopes.forEach((slope, level) => {
      const error = (probabilities[level]! - Number(classes[i] === level)) / rows.length;
      for (let k = 0; k < places.length; k++) slope[places[k]!]! += error * values[k]!;
      slope[size]! += error;
    });
  });
  return slopes;
}

function scoreOf(weights: Float64Array, { places, values }: Sparse): number {
  let score = weights.at(-1)!;
  for (let k = 0; k < places.length; k++) score += weights[places[k]!]! * values[k]!;
  return score;
}

function softmax(scores: readonly number[]): Float64Array {
  const highest = Math.max(...scores);
  const powers = Float64Array.from(scores, (score) => Math.exp(score - highest));
  const total = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / total);
}
