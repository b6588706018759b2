/**
 * The Kalman filter as a graph: a linear Gaussian state space model, entry by entry of each row (Koopman and Durbin 2000), so that any
 * entries may be missing and no matrix is inverted. Letters are those of `linear-gaussian.ts`.
 */
import type { Column, ConditionColumn, Sequence } from "../../data/dataset.ts";
import { gridOf, halfLogTwoPi, scaleOf } from "../../distributions/gaussian.ts";
import { VrnnError } from "../../errors.ts";
import {
  add,
  concat,
  constant,
  div,
  filledLike,
  greater,
  log,
  matmul,
  maximum,
  mul,
  slice,
  softplus,
  sqrt,
  square,
  squeeze,
  sub,
  sum,
  type Tensor,
  transpose,
  unsqueeze,
  where,
} from "../../graph/index.ts";
import type { State } from "../../nn/cells.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import { InputEncoder } from "../inputs.ts";
import {
  type EmIteration,
  type ExactDraws,
  type ExactModel,
  type FilterContext,
  type Known,
  nothingGiven,
  type Observed,
  type OverTime,
  type SampleContext,
  type Shapes,
  type Smoothing,
  type SmoothingContext,
  type Tensors,
} from "../model.ts";
import {
  chosen,
  column,
  definite,
  drawnState,
  type Entry,
  type Gaussian,
  gaussianOf,
  identity,
  learnedFrom,
  solved,
  squared,
} from "./belief.ts";
import { kalmanEmStep } from "./em.ts";
import { parametersOf } from "./parameters.ts";
import { type Structure, structureOf } from "./structures.ts";
import {
  isLinearInput,
  LEAST_SCALE,
  linearGaussianOf,
  massOf,
  stateSequence,
  type WeightLayout,
  weightsOf,
} from "./weights.ts";

/** The shape of a Kalman filter. */
export interface KalmanOptions {
  /** What it models: real columns. */
  readonly columns: readonly Column[];
  /** What is known of each step, which moves the state and the columns. */
  readonly conditions?: readonly ConditionColumn[] | undefined;
  /** K: hidden states; those of the structure where there is one. */
  readonly states: number;
  /** A structure by name, `trend+season:24`, whose moves are given and whose noise is learned; all is learned unless told. */
  readonly structure?: string | undefined;
}

/** Fewer sequences than so many say nothing of what sequences begin with. */
const FEWEST_SEQUENCES = 10;

type Belief = Omit<FilterContext, "x">;

/**
 * A linear Gaussian state space model of real columns: z_{t+1} = A z_t + B u_t + w, x_t = C z_t + D u_t + d + v. Its state is the belief
 * about z before a step, N(m, P), so its likelihood is exact.
 *
 * @example
 * const model = new Kalman({ columns, states: 3 });
 * model.state; // { mean: [3], covariance: [3, 3] }
 *
 * @throws VrnnError `kalman/column` for other columns than real ones, `kalman/structure`, `kalman/conditions`
 */
export class Kalman implements ExactModel {
  readonly parameters: readonly Parameter[];
  readonly width: number;
  readonly state: Shapes;
  readonly columns: readonly Column[];
  readonly conditions: readonly ConditionColumn[];
  readonly states: number;
  readonly dropoutSites = {};
  private readonly structure: Structure | undefined;
  private readonly encoder: InputEncoder;
  private readonly floors: readonly number[];
  private readonly offsets: readonly number[];

  constructor({ columns, conditions = [], states, structure }: KalmanOptions) {
    requireReal(columns);
    if (structure !== undefined && conditions.length > 0) throw structuredWithConditions();
    this.columns = columns;
    this.conditions = conditions;
    this.width = columns.length;
    this.structure = structure === undefined ? undefined : structureOf(structure, columns.length);
    this.states = this.structure?.states ?? states;
    this.state = { mean: [this.states], covariance: [this.states, this.states] };
    this.encoder = new InputEncoder(conditions, true);
    const { floors, offsets } = gridOf(columns);
    this.floors = floors;
    this.offsets = offsets;
    this.parameters = parametersOf(this.states, this.width, this.inputWidth, this.structure);
  }

  /** One for each entry of a state, then one for each of a row. */
  get draws() {
    return { uniforms: 0, normals: this.states + this.width };
  }

  features(_: Net, { values: x, mask }: Observed): Tensors {
    const seen = greater(mask, 0);
    return { x: where(seen, x, 0), seen: mask };
  }

  /** What is known of each step, `[..., U]`. */
  given(_: Net, { condition }: Known): OverTime {
    if (condition === undefined) return nothingGiven;
    return { slices: { u: this.encoder.encode(condition.values, condition.mask) }, fixed: {} };
  }

  /** N(m, P). */
  initial(net: Net): State {
    const { structure, states } = this;
    if (structure === undefined)
      return { mean: net.weight("initial.mean"), covariance: squared(net.weight("initial.factor"), states) };
    const variances = constant(structure.initialVariance, [states]);
    return { mean: filledLike(variances, 0), covariance: mul(identity(states), variances) };
  }

  filter(net: Net, { state, x, given }: FilterContext) {
    const { belief, logProb } = this.seen(net, { state, given }, part(x, "x"), greater(part(x, "seen"), 0));
    return { logProb, state: this.moved(net, belief, given) };
  }

  update(net: Net, { state, x, given }: FilterContext): State {
    const { belief } = this.seen(net, { state, given }, part(x, "x"), greater(part(x, "seen"), 0));
    return { ...belief };
  }

  /** Entry by entry: what was drawn of a row is seen before the next is drawn. */
  sample(net: Net, { state, given, observed }: SampleContext, { normal, temperature }: ExactDraws): Tensor {
    const seen = observed && greater(observed.mask, 0);
    const x: Tensor[] = [];
    let belief = gaussianOf(state);
    const shift = this.shift(net, given);
    for (let d = 0; d < this.width; d++) {
      const entry = this.entry(net, belief, d);
      const expected = add(entry.expected, column(shift, d)); // [..., 1]
      const drawn = add(
        expected,
        mul(mul(sqrt(entry.variance), column(normal, this.states + d)), temperature),
      );
      const value = seen && observed ? where(column(seen, d), column(observed.values, d), drawn) : drawn;
      x.push(value);
      // A belief that has seen what was observed learns nothing from it once more.
      const next = learnedFrom(belief, entry, sub(value, expected));
      belief = seen ? chosen(column(seen, d), belief, next) : next;
    }
    return concat(x);
  }

  mean(net: Net, { state, given }: Belief): Tensor {
    return add(matmul(part(state, "mean"), this.reading(net)), this.shift(net, given)); // [..., D]
  }

  /** Backward as in `smoother.ts`; a state for sure is a belief without spread. */
  readonly smooth: Smoothing = {
    backward: (net, context) => this.backward(net, context),
    draw: (_, { state }, draws) => drawnState(gaussianOf(state), this.states, draws),
  };

  /**
   * Iterations of expectation maximisation in float64.
   *
   * @throws VrnnError `kalman/em` where a condition is no plain number, `kalman/states` of more states than observed steps
   */
  expectationMaximisation(weights: Float32Array, sequences: readonly Sequence[]): Generator<EmIteration> {
    const other = this.conditions.find((each) => !isLinearInput(each));
    if (other !== undefined) throw notLinear(other);
    const steps = sequences.reduce((all, { values }) => all + observedSteps(values, this.width), 0);
    if (this.states > steps) throw tooManyStates(this.states, steps);
    return this.iterations(weights, sequences);
  }

  private *iterations(weights: Float32Array, sequences: readonly Sequence[]): Generator<EmIteration> {
    const { columns, conditions, offsets, floors, structure } = this;
    const layout: WeightLayout = { ...this.sizes, parameters: this.parameters, structure, floors };
    const fitted = sequences.map((sequence) => stateSequence(sequence, columns, conditions));
    const mass = fitted.reduce((all, sequence) => all + massOf(sequence, offsets), 0);
    const isFree = structure === undefined;
    const learned = {
      dynamics: isFree,
      observation: isFree,
      initial: isFree && sequences.length >= FEWEST_SEQUENCES,
    };
    let model = linearGaussianOf(weights, layout);
    for (;;) {
      const step = kalmanEmStep(fitted, model, learned, floors);
      model = step.model;
      yield { weights: weightsOf(model, layout), logLikelihood: step.logLikelihood + mass };
    }
  }

  private get inputWidth(): number {
    return this.conditions.length > 0 ? this.encoder.width : 0;
  }

  private get sizes() {
    return { states: this.states, width: this.width, inputs: this.inputWidth };
  }

  /** Aᵀ, from a state to the next. `[K, K]` */
  private transition(net: Net): Tensor {
    const { structure, states: n } = this;
    if (structure === undefined) return net.weight("transition");
    return transpose(constant([...structure.transition], [n, n]));
  }

  /** Cᵀ `[K, D]` */
  private reading(net: Net): Tensor {
    const { structure, states: n, width } = this;
    if (structure === undefined) return net.weight("observation");
    return transpose(constant([...structure.observation], [width, n]));
  }

  /** Q `[K, K]` */
  private process(net: Net): Tensor {
    const { structure, states: n } = this;
    if (structure === undefined) return squared(net.weight("process"), n);
    const places = structure.noisy.flatMap((state) =>
      Array.from({ length: n }, (_, i) => Number(i === state)),
    );
    const variances = square(add(softplus(net.weight("process")), LEAST_SCALE)); // [N]
    const diagonal = matmul(unsqueeze(variances, 0), constant(places, [structure.noisy.length, n])); // [1, K]
    return mul(identity(n), diagonal);
  }

  /** D u + d, what of a row does not depend on the state. `[..., D]` */
  private shift(net: Net, { u }: Tensors): Tensor {
    if (this.structure !== undefined) return constant(Array<number>(this.width).fill(0), [this.width]);
    const offset = net.weight("offset");
    return u === undefined ? offset : add(matmul(u, net.weight("direct")), offset);
  }

  /** What is expected of a column but for its shift, and how it depends on the state. */
  private entry(net: Net, { mean, covariance }: Gaussian, d: number): Entry {
    const row = squeeze(slice(this.reading(net), 1, d, d + 1), -1); // [K]
    const crossed = sum(mul(covariance, row), [-1]); // P c [..., K]
    const noise = square(slice(scaleOf(net.weight("noise"), this.floors), 0, d, d + 1)); // [1]
    const own = maximum(sum(mul(crossed, row), [-1], { keepDims: true }), 0); // cᵀ P c [..., 1]
    return {
      crossed,
      expected: sum(mul(mean, row), [-1], { keepDims: true }),
      variance: add(own, noise),
      ...{ reading: row, noise },
    };
  }

  /** The belief once the observed entries were seen, and the log-prob of each given those before it, `[..., D]`. */
  private seen(net: Net, { state, given }: Belief, x: Tensor, seen: Tensor) {
    const shift = this.shift(net, given);
    const logProb: Tensor[] = [];
    let belief = gaussianOf(state);
    for (let d = 0; d < this.width; d++) {
      const entry = this.entry(net, belief, d);
      const residual = sub(sub(column(x, d), column(shift, d)), entry.expected); // [..., 1]
      const nats = mul(add(div(square(residual), entry.variance), log(entry.variance)), -0.5);
      logProb.push(add(nats, this.offsets[d]! - halfLogTwoPi));
      belief = chosen(column(seen, d), learnedFrom(belief, entry, residual), belief);
    }
    return { belief, logProb: concat(logProb) };
  }

  /** N(A m + B u, A P Aᵀ + Q). */
  private moved(net: Net, { mean, covariance }: Gaussian, { u }: Tensors): State {
    const turned = this.transition(net);
    const straight = matmul(mean, turned); // [..., K]
    return {
      mean: u === undefined ? straight : add(straight, matmul(u, net.weight("input"))),
      covariance: add(
        matmul(transpose(matmul(definite(covariance, this.states), turned)), turned),
        this.process(net),
      ),
    };
  }

  private backward(net: Net, { state, predicted, later }: SmoothingContext): State {
    const [own, expected, known] = [state, predicted, later].map(gaussianOf) as Three<Gaussian>;
    const crossed = matmul(own.covariance, this.transition(net)); // P Aᵀ
    const gain = transpose(solved(expected.covariance, transpose(crossed), this.states)); // [..., K, K]
    const change = sub(known.covariance, expected.covariance);
    const moved = matmul(gain, unsqueeze(sub(known.mean, expected.mean), -1)); // [..., K, 1]
    return {
      mean: add(own.mean, squeeze(moved, -1)),
      covariance: add(own.covariance, matmul(matmul(gain, change), transpose(gain))),
    };
  }
}

type Three<Part> = [Part, Part, Part];

/** @throws VrnnError `kalman/column` */
function requireReal(columns: readonly Column[]): void {
  const other = columns.find(({ kind }) => kind !== "real");
  if (other === undefined) return;
  throw new VrnnError("kalman/column", `a Kalman filter is of real columns, and this one is ${other.kind}`, {
    at: `column "${other.name}"`,
    remedy: `read it as real (--kind ${other.name}=real), or leave it out (--drop ${other.name})`,
  });
}

/** How many rows have anything. */
function observedSteps(rows: Float64Array, width: number): number {
  let steps = 0;
  for (let from = 0; from < rows.length; from += width)
    if (rows.subarray(from, from + width).some((value) => !Number.isNaN(value))) steps += 1;
  return steps;
}

const tooManyStates = (states: number, steps: number): VrnnError =>
  new VrnnError("kalman/states", `${states} hidden states cannot be learned from ${steps} observed steps`, {
    at: "--states",
    remedy: "ask for fewer, or give more data",
  });

const structuredWithConditions = (): VrnnError =>
  new VrnnError("kalman/conditions", "a structure takes nothing beside the data", {
    at: "--structure",
    remedy:
      "leave the structure out, or the static columns and covariates (those of the calendar: --calendar none)",
  });

const notLinear = ({ name, kind }: ConditionColumn): VrnnError =>
  new VrnnError("kalman/em", `expectation maximisation reads numbers, and a condition is ${kind}`, {
    at: `column "${name}"`,
    remedy: "train by gradients (--learner gradient), or leave the column out",
  });
