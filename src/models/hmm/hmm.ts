/**
 * The hidden Markov model: L. R. Rabiner, "A Tutorial on Hidden Markov Models and Selected Applications in Speech
 * Recognition", Proceedings of the IEEE 77 (1989). Equation numbers are the tutorial's.
 */
import type { Column, Sequence } from "../../data/dataset.ts";
import { completed } from "../../distributions/completed.ts";
import type { Emission } from "../../distributions/emission.ts";
import { gridOf } from "../../distributions/gaussian.ts";
import { emissionOf } from "../../distributions/mixed.ts";
import { gumbel } from "../../distributions/mixture.ts";
import { choices } from "../../distributions/requests.ts";
import { VrnnError } from "../../errors.ts";
import {
  add,
  argmax,
  cumsum,
  div,
  greater,
  logSoftmax,
  logSumExp,
  matmul,
  mul,
  oneHot,
  slice,
  softmax,
  sub,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "../../graph/index.ts";
import type { State } from "../../nn/cells.ts";
import type { Net } from "../../nn/net.ts";
import { type Initialiser, type Parameter, zeros } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import type {
  EmIteration,
  ExactDraws,
  ExactModel,
  FilterContext,
  Observed,
  SampleContext,
  Shapes,
  Smoothing,
  SmoothingContext,
  Tensors,
} from "../model.ts";
import { emStep } from "./em.ts";
import { at } from "./vectors.ts";
import { aboveFloor, massOf, parametersOf, scaledTable, weightsOf } from "./weights.ts";

/** The shape of a hidden Markov model. */
export interface HmmOptions {
  /** What it models. */
  readonly columns: readonly Column[];
  /** K: hidden states. */
  readonly states: number;
  /** Output distributions other than the default of their kind of column; that of real columns is the normal one. */
  readonly emission?: readonly string[];
}

type Belief = Omit<FilterContext, "x">;

/**
 * A hidden Markov model of columns of data: p(s_1) = π, p(s_t | s_{t−1}) = A, and given s_t the columns are independent,
 * normal where they are real. Its state is the belief log p(s_t | x_<t), `[..., K]`, so its likelihood is exact, and what
 * is missing is summed out.
 *
 * Parameters: `initial` `[K]` and `transition` `[K, K]` (logits), `emission` `[K, width]`.
 *
 * @example
 * const model = new Hmm({ columns, states: 3 });
 * model.state; // { belief: [3] }
 *
 * @throws VrnnError `distribution/...` when an output distribution does not fit the columns, `hmm/column` for columns of
 * levels, `hmm/emission` for distributions that lean on the value before or tell of whole rows alone.
 */
export class Hmm implements ExactModel {
  readonly parameters: readonly Parameter[];
  readonly width: number;
  readonly state: Shapes;
  readonly states: number;
  readonly columns: readonly Column[];
  readonly emission: Emission;
  readonly dropoutSites = {};
  private readonly familyOf: (column: Column) => string;

  constructor({ columns, states, emission }: HmmOptions) {
    requireMeans(columns);
    this.columns = columns;
    this.states = states;
    this.width = columns.length;
    this.state = { belief: [states] };
    this.emission = emissionOf(columns, emission);
    this.familyOf = choices(columns, emission ?? []);
    if (this.emission.recall !== undefined) throw leaning();
    if (this.emission.missing !== "exact") throw ofWholeRows();
    this.parameters = [
      { name: "initial", shape: [states], initialise: zeros },
      { name: "transition", shape: [states, states], initialise: zeros },
      {
        name: "emission",
        shape: [states, this.emission.width],
        initialise: around(this.emission.initialBias),
      },
    ];
  }

  /** One for the state and one for its columns. */
  get draws() {
    const { uniforms, normals } = this.emission;
    return { uniforms: this.states + uniforms, normals };
  }

  /** log p(x_td | s_t = k) of each entry, 0 where it is missing, `[..., K, D]`. */
  features(net: Net, { values, mask }: Observed): Tensors {
    const seen = unsqueeze(greater(mask, 0), -2); // [..., 1, D]
    const x = where(seen, unsqueeze(values, -2), 0); // [..., 1, D]
    const { emission } = this;
    return { entries: where(seen, emission.logProbability(net.weight("emission"), x, seen), 0) };
  }

  /** log π, `[K]`. */
  initial(net: Net): State {
    return { belief: logSoftmax(net.weight("initial")) };
  }

  /** The forward algorithm, eq. (20), normalised at each step. */
  filter(net: Net, { state, x }: FilterContext) {
    const logProb = sub(this.upTo(state, x), this.upTo(state, x, { exclusive: true })); // [..., D]
    const seen = beliefOf(this.update(net, { state, x }));
    return { logProb, state: { belief: this.predicted(net, seen) } };
  }

  /** log p(s_t | x_≤t), `[..., K]`. */
  update(_: Net, { state, x }: Omit<FilterContext, "given">): State {
    return { belief: logSoftmax(add(beliefOf(state), sum(entriesOf(x), [-1]))) };
  }

  sample(net: Net, { state, observed }: SampleContext, draws: ExactDraws): Tensor {
    const { uniform, normal, temperature } = draws;
    const raw = matmul(this.chosen(state, draws), net.weight("emission")); // [..., width]
    const rest = { uniform: slice(uniform, uniform.rank - 1, this.states), normal };
    if (observed === undefined) return this.emission.sample(raw, rest, temperature);
    const seen = greater(observed.mask, 0);
    const x = where(seen, observed.values, 0);
    return completed(this.emission, raw, { x, seen }, rest, temperature);
  }

  /** Forward and backward: Rabiner 1989, section III.B; paths drawn so: Chib 1996. */
  readonly smooth: Smoothing = {
    backward: (net, context) => this.backward(net, context),
    draw: (_, { state }, draws) => ({
      belief: mul(sub(1, this.chosen(state, draws)), LOG_NEVER),
    }),
  };

  mean(net: Net, { state }: Belief): Tensor {
    return matmul(softmax(beliefOf(state)), this.emission.mean(net.weight("emission"))); // [..., D]
  }

  /**
   * The iterations of Baum and Welch.
   *
   * @throws VrnnError `hmm/em` where a column is not normal.
   */
  expectationMaximisation(weights: Float32Array, sequences: readonly Sequence[]): Generator<EmIteration> {
    const other = this.columns.find((column) => this.familyOf(column) !== "gaussian");
    if (other !== undefined) throw notNormal(other);
    return this.iterations(weights, sequences);
  }

  private *iterations(weights: Float32Array, sequences: readonly Sequence[]): Generator<EmIteration> {
    const { columns } = this;
    const { floors, offsets } = gridOf(columns);
    const tables = sequences.map((sequence) => scaledTable(sequence, columns));
    const mass = tables.reduce((all, table) => all + massOf(table, offsets), 0);
    let parameters = parametersOf(weights, this.states, floors);
    for (;;) {
      const step = emStep(tables, parameters, floors.map(aboveFloor));
      parameters = step.parameters;
      yield { weights: weightsOf(parameters, floors), logLikelihood: step.logLikelihood + mass };
    }
  }

  /** A state drawn from a belief, `[..., K]`: 1 at its place. */
  private chosen(state: State, { uniform, temperature }: ExactDraws): Tensor {
    const noise = gumbel(slice(uniform, uniform.rank - 1, 0, this.states)); // [..., K]
    return oneHot(argmax(add(div(beliefOf(state), temperature), noise)), this.states);
  }

  /**
   * log p(s_t | x_1 … x_T) = log Σ_j ξ_t(·, j), eq. (37) and (38), in which the backward variable is what is known of
   * s_{t+1} in the end over what was predicted: ξ_t(k, j) = p(s_t = k | x_≤t) A_kj p(s_{t+1} = j | x) / p(s_{t+1} = j | x_≤t).
   */
  private backward(net: Net, { state, predicted, later }: SmoothingContext): State {
    const learned = unsqueeze(sub(beliefOf(later), beliefOf(predicted)), -2); // [..., 1, K]
    const moves = logSumExp(add(logSoftmax(net.weight("transition")), learned), [-1]); // [..., K]
    return { belief: logSoftmax(add(beliefOf(state), moves)) };
  }

  /** log p(x_t1 … x_td | x_<t) of each entry d, itself included unless `exclusive`, `[..., D]`. */
  private upTo(state: State, x: Tensors, options: { exclusive?: boolean } = {}): Tensor {
    const entries = entriesOf(x); // [..., K, D]
    const joint = add(unsqueeze(beliefOf(state), -1), cumsum(entries, entries.rank - 1, options)); // [..., K, D]
    return logSumExp(joint, [-2]);
  }

  /** log p(s_{t+1} | x_≤t) = log Σ_k p(s_t = k | x_≤t) A_k, `[..., K]`. */
  private predicted(net: Net, belief: Tensor): Tensor {
    return logSumExp(add(unsqueeze(belief, -1), logSoftmax(net.weight("transition"))), [-2]);
  }
}

/** Stands for log 0, with which differences stay numbers. */
const LOG_NEVER = -1e30;

const beliefOf = (state: State): Tensor => part(state, "belief");
const entriesOf = (x: Tensors): Tensor => part(x, "entries");

/** States begin around what fits all data, half a deviation apart, so that they do not stay copies of each other. */
const around =
  (bias: readonly number[]): Initialiser =>
  (values, random) => {
    const centres = Float64Array.from(bias);
    for (let i = 0; i < values.length; i++)
      values[i] = at(centres, i % centres.length) + 0.5 * random.normal();
  };

/** @throws VrnnError `hmm/column` */
function requireMeans(columns: readonly Column[]): void {
  const levels = columns.find(({ kind }) => kind === "categorical");
  if (levels === undefined) return;
  throw new VrnnError("hmm/column", "a hidden Markov model has no mean of levels", {
    at: `column "${levels.name}"`,
    remedy: "give a column of yes or no for each level, or leave it out",
  });
}

const notNormal = ({ name }: Column): VrnnError =>
  new VrnnError("hmm/em", "expectation maximisation is of normal columns", {
    at: `column "${name}"`,
    remedy: "train by gradients, or leave the column out",
  });

const ofWholeRows = (): VrnnError =>
  new VrnnError(
    "hmm/emission",
    "a hidden Markov model sums out what is missing, and a distribution tells of whole rows alone",
    {
      remedy: 'choose distributions whose `missing` is "exact"',
    },
  );

const leaning = (): VrnnError =>
  new VrnnError("hmm/emission", "the columns of a hidden Markov model depend on its state alone", {
    remedy: "choose distributions that do not lean on the value before",
  });
