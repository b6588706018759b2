/**
 * The variational recurrent neural network: Chung, Kastner, Dinh, Goel, Courville, Bengio, "A Recurrent Latent
 * Variable Model for Sequential Data", NIPS 2015. Equation numbers are the paper's.
 */
import type { Column, ConditionColumn } from "../../data/dataset.ts";
import type { Emission } from "../../distributions/emission.ts";
import { normalDivergence, normalLogDensity } from "../../distributions/gaussian.ts";
import { emissionOf } from "../../distributions/mixed.ts";
import { add, filledLike, greater, max, mul, sub, type Tensor, where } from "../../graph/index.ts";
import type { CellName, State } from "../../nn/cells.ts";
import { Hidden } from "../../nn/hidden.ts";
import { InitialState } from "../../nn/initial-state.ts";
import { Linear } from "../../nn/linear.ts";
import { type Parameter, values, type Weights } from "../../nn/parameters.ts";
import { StackedCells } from "../../nn/stacked.ts";
import { InputEncoder } from "../inputs.ts";
import {
  type Condition,
  type Imagination,
  type Imagined,
  type Judgement,
  type Observation,
  type Regularise,
  type SequenceModel,
  unchanged,
} from "../sequence.ts";
import { halves, type Normal, normal, type Prior, type PriorName, priors } from "./prior.ts";

/** The shape of a VRNN. */
export interface VrnnOptions {
  /** What it models. */
  readonly columns: readonly Column[];
  /** What is known beside the data; it is read by the prior, the posterior, the decoder and the recurrence. */
  readonly conditions?: readonly ConditionColumn[] | undefined;
  /** H: the width of hidden layers and of the recurrent state. */
  readonly hidden: number;
  /** Z: latent variables per step. */
  readonly latent: number;
  /** `gru` unless told. */
  readonly cell?: CellName;
  /** Recurrent cells on top of each other; 1 unless told. */
  readonly layers?: number;
  /** Posterior mean = prior mean + correction, rather than a mean of its own; so unless told. */
  readonly residual?: boolean;
  /** Output distributions other than the default of their kind of column (`distributions/families.ts`). */
  readonly emission?: readonly string[];
  /** `state` unless told; `standard` makes it the paper's VRNN-I. */
  readonly prior?: PriorName;
  /** Layer normalisation of hidden layers and gates; none unless told. */
  readonly layerNorm?: boolean;
  /** `zero` unless told; `learned` begins sequences in a state that is learned, from the conditions where there are any. */
  readonly initial?: InitialStateName;
}

/** Every way for a sequence to begin. */
export const initialStateNames = ["zero", "learned"] as const;
/** How sequences begin. */
export type InitialStateName = (typeof initialStateNames)[number];

/** What is known beside a step, as hidden layers take it: `c` `[B, H]`, or nothing. */
type Known = Readonly<Record<string, Tensor>>;

/**
 * A VRNN for columns of data.
 *
 * @example
 * const model = new Vrnn({ columns, hidden: 64, latent: 16 });
 * model.stateSizes; // { h: 64 }
 *
 * @throws VrnnError `distribution/...` when an output distribution does not fit the columns.
 */
export class Vrnn implements SequenceModel {
  readonly parameters: readonly Parameter[];
  readonly stateSizes: Readonly<Record<string, number>>;
  readonly latentSize: number;
  readonly emission: Emission;
  readonly conditions: readonly ConditionColumn[];
  readonly dropoutSites: Readonly<Record<string, number>>;
  private readonly residual: boolean;
  private readonly encoder: InputEncoder;
  private readonly conditionEncoder: InputEncoder;
  private readonly prior: Prior;
  private readonly recurrence: StackedCells;
  private readonly initial: InitialState | undefined;
  private readonly layers: Layers;

  constructor(options: VrnnOptions) {
    const { columns, conditions = [], hidden, latent, emission } = options;
    const { cell = "gru", layers = 1, residual = true, layerNorm = false } = options;
    this.latentSize = latent;
    this.residual = residual;
    this.emission = emissionOf(columns, emission);
    this.conditions = conditions;
    this.encoder = new InputEncoder(columns);
    // The mask goes in always: a condition may be withheld, and the networks have to be told.
    this.conditionEncoder = new InputEncoder(conditions, true);
    const known = conditions.length > 0 ? { c: hidden } : {};
    this.layers = layersOf({
      width: this.encoder.width,
      conditionWidth: this.conditionEncoder.width,
      known,
      hidden,
      latent,
      layerNorm,
      emission: this.emission,
    });
    this.prior = priors[options.prior ?? "state"]({
      inputs: { h: hidden, ...known },
      hidden,
      latent,
      layerNorm,
    });
    const inputs = { x: hidden, z: hidden, ...known };
    this.recurrence = new StackedCells(cell, "cell", inputs, hidden, { layers, layerNorm });
    this.initial =
      options.initial === "learned" ? new InitialState(known, this.recurrence.stateSizes) : undefined;
    this.stateSizes = {
      ...this.recurrence.stateSizes,
      ...(this.emission.recall && { last: columns.length }),
      ...this.initial?.stateSizes,
    };
    const between = Array.from({ length: layers - 1 }, (_, layer) => `between.${layer}`);
    this.dropoutSites = Object.fromEntries(
      ["x", "z", "h", "decoder", ...between].map((site) => [site, hidden]),
    );
    this.parameters = this.gatherParameters();
  }

  private gatherParameters(): readonly Parameter[] {
    const { phiX, phiZ, phiC, posteriorHidden, posteriorOut, decoderHidden, emission } = this.layers;
    const upTo = [phiX, phiZ, this.prior, posteriorHidden, posteriorOut, decoderHidden, emission];
    const rest = [this.recurrence, ...(phiC ? [phiC] : []), ...(this.initial ? [this.initial] : [])];
    return [...upTo, ...rest].flatMap(({ parameters }) => parameters);
  }

  /** Judges one step of data and takes it in, eq. (5) to (9). */
  observe(
    weights: Weights,
    given: State,
    { x, mask, noise, condition }: Observation,
    regularise: Regularise,
  ): { state: State; outputs: Judgement } {
    const known = this.known(weights, condition); // [B, H]
    const state = this.initial?.before(weights, given, known) ?? given;
    const h = regularise("h", this.recurrence.visible(state)); // [B, H]
    const present = greater(mask, 0); // [B, D]
    const observed = where(present, x, 0); // [B, D]
    const phiX = regularise("x", this.layers.phiX.apply(weights, { x: this.encoder.encode(x, mask) })); // [B, H]
    const prior = this.prior.apply(weights, { h, ...known });
    const anything = max(mask, [-1], { keepDims: true }); // [B, 1]
    const posterior = this.posterior(weights, { x: phiX, h, ...known }, prior, anything);
    const z = add(posterior.mean, mul(posterior.scale, noise)); // [B, Z]
    const phiZ = regularise("z", this.layers.phiZ.apply(weights, { z })); // [B, H]
    const raw = this.generation(weights, { z: phiZ, h, ...known }, state, regularise);
    const after = this.recurrence.step(weights, { x: phiX, z: phiZ, ...known }, state, (values, layer) =>
      regularise(`between.${layer}`, values),
    ); // eq. (7)
    return {
      state: { ...after, ...this.remembered(state, (last) => where(present, x, last)) },
      outputs: {
        logLikelihood: where(present, this.emission.logProbability(raw, observed, present), 0), // [B, D]
        divergence: normalDivergence(posterior.mean, posterior.scale, prior.mean, prior.scale), // [B, Z]
        logRatio: sub(
          normalLogDensity(z, prior.mean, prior.scale),
          normalLogDensity(z, posterior.mean, posterior.scale),
        ), // [B, Z]
        latent: posterior.mean,
        latentScale: posterior.scale,
        expected: this.emission.mean(raw),
        raw,
      },
    };
  }

  /** Makes up one step, eq. (5) to (7). */
  imagine(
    weights: Weights,
    given: State,
    { noise, temperature, condition, ...draws }: Imagination,
  ): { state: State; outputs: Imagined } {
    const known = this.known(weights, condition); // [B, H]
    const state = this.initial?.before(weights, given, known) ?? given;
    const h = this.recurrence.visible(state); // [B, H]
    const prior = this.prior.apply(weights, { h, ...known });
    const z = add(prior.mean, mul(mul(prior.scale, noise), temperature)); // [B, Z]
    const phiZ = this.layers.phiZ.apply(weights, { z }); // [B, H]
    const raw = this.generation(weights, { z: phiZ, h, ...known }, state, unchanged); // [B, width]
    const x = this.emission.sample(raw, draws, temperature); // [B, D]
    const phiX = this.layers.phiX.apply(weights, { x: this.encoder.encode(x, filledLike(x, 1)) }); // [B, H]
    const inputs = { x: phiX, z: phiZ, ...known };
    const after = this.recurrence.step(weights, inputs, state, (values) => values);
    return {
      state: { ...after, ...this.remembered(state, () => x) },
      outputs: { x, expected: this.emission.mean(raw) },
    };
  }

  private known(weights: Weights, condition: Condition | undefined): Known {
    const { phiC } = this.layers;
    if (phiC === undefined || condition === undefined) return {};
    return {
      c: phiC.apply(weights, { c: this.conditionEncoder.encode(condition.values, condition.mask) }),
    };
  }

  /**
   * z | x ~ N(μ, diag σ²) given x and the state, eq. (9). A step of which nothing was observed tells nothing: there the
   * posterior is the prior.
   * @param anything `[B, 1]`: 1 where anything was observed
   */
  private posterior(
    weights: Weights,
    inputs: Readonly<Record<string, Tensor>>,
    prior: Normal,
    anything: Tensor,
  ): Normal {
    const hidden = this.layers.posteriorHidden.apply(weights, inputs); // [B, H]
    const [mean, rawScale] = halves(this.layers.posteriorOut.apply(weights, { hidden }), this.latentSize);
    const seen = greater(anything, 0); // [B, 1]
    return normal(
      this.residual ? add(prior.mean, mul(anything, mean)) : where(seen, mean, prior.mean),
      where(seen, rawScale, prior.rawScale),
    );
  }

  /** What the emission needs to know, given z and the state, eq. (6). `[B, width]` */
  private generation(
    weights: Weights,
    inputs: Readonly<Record<string, Tensor>>,
    { last }: State,
    regularise: Regularise,
  ): Tensor {
    const hidden = this.layers.decoderHidden.apply(weights, inputs); // [B, H]
    const output = this.layers.emission.apply(weights, { hidden: regularise("decoder", hidden) });
    return last === undefined ? output : (this.emission.recall?.(output, last) ?? output);
  }

  /** What the state keeps beside that of the cells: the values observed last, and that the sequence has begun. */
  private remembered(state: State, update: (last: Tensor) => Tensor): State {
    const { last } = state;
    return { ...(last !== undefined && { last: update(last) }), ...this.initial?.after(state) };
  }
}

interface Layers {
  /** φ(x) and φ(z), section 3: layers that extract features. */
  readonly phiX: Hidden;
  readonly phiZ: Hidden;
  /** The same for what is known beside the data; absent without conditions. */
  readonly phiC: Hidden | undefined;
  readonly posteriorHidden: Hidden;
  readonly posteriorOut: Linear;
  readonly decoderHidden: Hidden;
  readonly emission: Linear;
}

interface LayerSizes {
  readonly width: number;
  readonly conditionWidth: number;
  readonly known: Readonly<Record<string, number>>;
  readonly hidden: number;
  readonly latent: number;
  readonly layerNorm: boolean;
  readonly emission: Emission;
}

function layersOf(sizes: LayerSizes): Layers {
  const { width, conditionWidth, known, hidden, latent, layerNorm, emission } = sizes;
  const layer = (name: string, inputs: Readonly<Record<string, number>>) =>
    new Hidden(name, inputs, hidden, layerNorm);
  return {
    phiX: layer("phi_x", { x: width }),
    phiZ: layer("phi_z", { z: latent }),
    phiC: "c" in known ? layer("phi_c", { c: conditionWidth }) : undefined,
    posteriorHidden: layer("posterior.hidden", { x: hidden, h: hidden, ...known }),
    posteriorOut: new Linear("posterior.out", { hidden }, 2 * latent),
    decoderHidden: layer("decoder.hidden", { z: hidden, h: hidden, ...known }),
    emission: new Linear("emission", { hidden }, emission.width, { bias: values(emission.initialBias) }),
  };
}
