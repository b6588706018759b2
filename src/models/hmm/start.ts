/** Where expectation maximisation begins: states around rows of the data that lie far from each other. */
import type { Sequence } from "../../data/dataset.ts";
import type { Random } from "../../random/generator.ts";
import {
  addStatistics,
  type FittedSequence,
  type Fitting,
  type HmmParameters,
  putLogDensities,
  stepsOf,
} from "./em.ts";

/** A row that a state begins around counts as much as so many times all data. */
const ROW_WEIGHT = 3;
/** The chance to stay in a state to begin with, beside an even one for all. */
const STAY = 0.5;

/**
 * Parameters with each state around a row of the data. The first row is any; the next is drawn the likelier, the worse the states so
 * far tell it, as k-means++ does by distance (Arthur and Vassilvitskii 2007).
 *
 * @param before parameters of states that nothing was learnt of, for what one row does not tell
 */
export function startOf(fitting: Fitting, before: HmmParameters, random: Random): HmmParameters {
  const rows = new Rows(fitting);
  const states = before.initial.length;
  const emission = before.emission.map((state) => {
    const own = rows.around(rows.drawn(random), state);
    rows.see(own);
    return own;
  });
  return {
    initial: before.initial.map(() => 1 / states),
    transition: before.transition.map((_, i) => (1 - STAY) / states + (i % (states + 1) === 0 ? STAY : 0)),
    emission,
  };
}

/** A step of a sequence. */
interface Place {
  readonly sequence: FittedSequence;
  readonly t: number;
}

/** All steps of which something was seen, and how well they are told so far. */
class Rows {
  readonly #fitting: Fitting;
  readonly #places: readonly Place[];
  /** The log density of each under the state that tells it best. */
  readonly #told: Float64Array;

  constructor(fitting: Fitting) {
    this.#fitting = fitting;
    this.#places = fitting.sequences.flatMap((sequence) =>
      Array.from({ length: stepsOf(sequence) }, (_, t) => ({ sequence, t })).filter(isSeen),
    );
    this.#told = new Float64Array(this.#places.length).fill(Number.NEGATIVE_INFINITY);
  }

  /** A row: any to begin with, then the likelier, the less it is told. */
  drawn(random: Random): Place | undefined {
    const best = this.#told.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY);
    const weights = this.#told.map((each) => (best === Number.NEGATIVE_INFINITY ? 1 : best - each));
    let left = random.uniform() * weights.reduce((all, weight) => all + weight, 0);
    const at = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return this.#places[at < 0 ? random.integer(Math.max(1, weights.length)) : at];
  }

  /** A state around a row: what fits that row, and all data beside it. */
  around(place: Place | undefined, before: readonly Float64Array[]): readonly Float64Array[] {
    const { fits, sequences } = this.#fitting;
    const statistics = fits.map(({ fit }) => fit.empty());
    const even = 1 / Math.max(1, this.#places.length);
    for (const sequence of sequences) {
      const shares = new Float64Array(stepsOf(sequence)).fill(even);
      addStatistics(statistics, fits, sequence, shares, before);
    }
    if (place !== undefined)
      addStatistics(statistics, fits, rowOf(place), Float64Array.of(ROW_WEIGHT), before);
    return before.map((own, part) => fits[part]!.fit.maximised(statistics[part]!, own));
  }

  /** Notes how well a state tells each row. */
  see(state: readonly Float64Array[]): void {
    let i = 0;
    for (const sequence of this.#fitting.sequences) {
      const logs = new Float64Array(stepsOf(sequence));
      putLogDensities(logs, this.#fitting.fits, sequence, state);
      for (; this.#places[i]?.sequence === sequence; i++)
        this.#told[i] = Math.max(this.#told[i]!, logs[this.#places[i]!.t]!);
    }
  }
}

const isSeen = ({ sequence, t }: Place): boolean =>
  sequence.some((values) => values.some((column) => !Number.isNaN(column[t]!)));

/** A sequence of that row alone. */
const rowOf = ({ sequence, t }: Place): FittedSequence =>
  sequence.map((values) => values.map((column) => column.subarray(t, t + 1)));

/** How many steps of a sequence have an observed entry. */
export function observedSteps({ values, length }: Sequence): number {
  const width = values.length / Math.max(1, length);
  let count = 0;
  for (let t = 0; t < length; t++)
    if (values.subarray(t * width, (t + 1) * width).some((value) => !Number.isNaN(value))) count += 1;
  return count;
}
