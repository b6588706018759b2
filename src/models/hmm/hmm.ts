/**
 * The hidden Markov model: L. R. Rabiner, "A Tutorial on Hidden Markov Models and Selected Applications in Speech
 * Recognition", Proceedings of the IEEE 77 (1989). Equation numbers are the tutorial's.
 */
import type { Column, Sequence } from "../../data/dataset.ts";
import { completed } from "../../distributions/completed.ts";
import type { Emission } from "../../distributions/emission.ts";
import { emissionOf } from "../../distributions/mixed.ts";
import { gumbel } from "../../distributions/mixture.ts";
import { choices } from "../../distributions/requests.ts";
import { VrnnError } from "../../errors.ts";
import {
  add,
  argmax,
  cast,
  constant,
  cumsum,
  div,
  equal,
  exp,
  filledLike,
  greater,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  mul,
  oneHot,
  reshape,
  slice,
  softmax,
  sub,
  sum,
  type Tensor,
  transpose,
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
  LikeliestPaths,
  Observed,
  Restarts,
  SampleContext,
  Shapes,
  Smoothing,
  SmoothingContext,
  Tensors,
} from "../model.ts";
import { emStep, type Fitting, fittingOf, type HmmParameters } from "./em.ts";
import { fitsOf } from "./emissions/index.ts";
import { observedSteps, startOf } from "./start.ts";
import { fittedSequence, parametersOf, weightsOf } from "./weights.ts";

/** The shape of a hidden Markov model. */
export interface HmmOptions {
  /** What it models. */
  readonly columns: readonly Column[];
  /** K: hidden states. */
  readonly states: number;
  /** Output distributions other than the default of their kind of column; that of real columns is the normal one. */
  readonly emission?: readonly string[];
  /** Starts of expectation maximisation, of which the likeliest goes on; 1 unless told. */
  readonly restarts?: number;
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
 * @throws VrnnError `distribution/...` when an output distribution does not fit the columns, `hmm/emission` for distributions
 * that lean on the value before or tell of whole rows alone.
 */
export class Hmm implements ExactModel {
  readonly parameters: readonly Parameter[];
  readonly width: number;
  readonly state: Shapes;
  readonly states: number;
  readonly columns: readonly Column[];
  readonly emission: Emission;
  readonly dropoutSites = {};
  readonly restarts: Restarts;
  private readonly familyOf: (column: Column) => string;
  private readonly levels: Levels | undefined;
  private readonly fittings = new WeakMap<readonly Sequence[], Fitting>();

  constructor({ columns, states, emission, restarts = 1 }: HmmOptions) {
    this.columns = columns;
    this.states = states;
    this.width = columns.length;
    this.state = { belief: [states] };
    this.emission = emissionOf(columns, emission);
    this.familyOf = choices(columns, emission ?? []);
    this.levels = levelsOf(columns);
    this.paths = {
      states,
      begin: (before) => {
        const belief = beliefOf(before);
        return { belief, seen: belief, from: filledLike(belief, 0) };
      },
      step: (net, { state, x }) => this.likeliest(net, { state, x }),
      scores: (state) => part(state, "seen"),
    };
    this.restarts = {
      count: restarts,
      start: (weights, sequences, random) => {
        const fitting = this.fittingOf(sequences);
        const before = parametersOf(weights, states, fitting.fits);
        return weightsOf(startOf(fitting, before, random), fitting.fits);
      },
    };
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

  /** Eq. (32) to (35): `belief` is that of the likeliest paths to each state before the step, `seen` with it, `from` where they come from. */
  readonly paths: LikeliestPaths;

  /** The mean over states; of levels the likeliest one. */
  mean(net: Net, { state }: Belief): Tensor {
    const shares = softmax(beliefOf(state)); // [..., K]
    const raw = net.weight("emission");
    const mean = matmul(shares, this.emission.mean(raw)); // [..., D]
    if (this.levels === undefined) return mean;
    return where(this.levels.isOf, likeliestLevel(this.emission, raw, shares, this.levels), mean);
  }

  /**
   * The iterations of Baum and Welch.
   *
   * @throws VrnnError `hmm/em` where a column's distribution is not fitted so, `hmm/states` for more states than steps.
   */
  expectationMaximisation(weights: Float32Array, sequences: readonly Sequence[]): Generator<EmIteration> {
    const fitting = this.fittingOf(sequences);
    return this.iterations(parametersOf(weights, this.states, fitting.fits), fitting);
  }

  private *iterations(begin: HmmParameters, fitting: Fitting): Generator<EmIteration> {
    for (let parameters = begin; ; ) {
      const step = emStep(fitting, parameters);
      parameters = step.parameters;
      yield { weights: weightsOf(parameters, fitting.fits), logLikelihood: step.logLikelihood };
    }
  }

  /** π, A and each state's emission, of what is fitted on the host. @throws VrnnError `hmm/em` */
  get freeParameters(): number {
    const { states } = this;
    const each = fitsOf(this.columns, this.familyOf).reduce((all, { fit }) => all + fit.free, 0);
    return states - 1 + states * (states - 1) + states * each;
  }

  /** What is fitted to some sequences, which every iteration asks for again. */
  private fittingOf(sequences: readonly Sequence[]): Fitting {
    const known = this.fittings.get(sequences);
    if (known !== undefined) return known;
    const fits = fitsOf(this.columns, this.familyOf);
    if (sequences.length > 0) requireSteps(sequences, this.states);
    const fitting = fittingOf(
      fits,
      sequences.map((each) => fittedSequence(each, this.columns, fits)),
    );
    this.fittings.set(sequences, fitting);
    return fitting;
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

  /** A step of Viterbi's algorithm, with the best score held at 0. */
  private likeliest(net: Net, { state, x }: Omit<FilterContext, "given">) {
    const scores = add(beliefOf(state), sum(entriesOf(x), [-1])); // [..., K]
    const seen = sub(scores, max(scores, [-1], { keepDims: true }));
    const moves = add(unsqueeze(seen, -1), logSoftmax(net.weight("transition"))); // [..., K, K]
    const from = cast(argmax(moves, -2), "float32"); // of the step to come
    return { state: { belief: max(moves, [-2]), seen, from }, from: part(state, "from") };
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
    for (let i = 0; i < values.length; i++) values[i] = bias[i % bias.length]! + 0.5 * random.normal();
  };

/** Columns of levels among others. */
interface Levels {
  /** `[D]` bool: which columns are. */
  readonly isOf: Tensor;
  /** `[L, 1, D]`: each level of each column; 0 beyond, and of others. */
  readonly values: Tensor;
  /** `[D, L]`: 1 for each level that there is. */
  readonly exist: Tensor;
}

/** Nothing where no column has levels. */
function levelsOf(columns: readonly Column[]): Levels | undefined {
  const counts = columns.map(({ kind, shares }) => (kind === "categorical" ? shares.length : 0));
  const most = Math.max(...counts);
  if (most === 0) return undefined;
  const each = [...Array(most).keys()];
  return {
    isOf: greater(constant(counts, [counts.length]), 0),
    values: constant(
      each.flatMap((level) => counts.map((count) => (level < count ? level : 0))),
      [most, 1, counts.length],
    ),
    exist: constant(
      counts.flatMap((count) => each.map((level) => (level < count ? 1 : 0))),
      [counts.length, most],
    ),
  };
}

/**
 * The level that is likeliest over all states, `[..., D]`; anything of columns without levels.
 *
 * @param raw `[K, width]` @param shares `[..., K]`: how likely each state is
 */
function likeliestLevel(emission: Emission, raw: Tensor, shares: Tensor, { values, exist }: Levels): Tensor {
  const [columns, levels] = exist.shape as [number, number];
  const [states] = raw.shape as [number];
  const logs = emission.logProbability(raw, values, equal(values, values)); // [L, K, D]
  const byState = reshape(transpose(exp(logs), [1, 2, 0]), [states, columns * levels]);
  const lead = shares.shape.slice(0, -1);
  const likely = reshape(matmul(shares, byState), [...lead, columns, levels]); // [..., D, L]
  return cast(argmax(mul(likely, exist)), "float32");
}

/** @throws VrnnError `hmm/states` where some states could not have a step of their own */
function requireSteps(sequences: readonly Sequence[], states: number): void {
  const steps = sequences.reduce((all, sequence) => all + observedSteps(sequence), 0);
  if (steps >= states) return;
  throw new VrnnError("hmm/states", `there are ${states} states for ${steps} steps with an observed entry`, {
    at: "--states",
    remedy: steps > 0 ? `give ${steps} at most, or more data` : "give data with observed entries",
  });
}

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
