/**
 * The variational recurrent neural network: Chung, Kastner, Dinh, Goel, Courville, Bengio, "A Recurrent Latent
 * Variable Model for Sequential Data", NIPS 2015. Equation numbers are the paper's.
 */
import type { Column } from "../../data/dataset.ts";
import type { Emission } from "../../distributions/emission.ts";
import { emissionOf } from "../../distributions/families.ts";
import { normalDivergence, normalLogDensity } from "../../distributions/gaussian.ts";
import {
  add,
  filledLike,
  greater,
  max,
  mul,
  relu,
  softplus,
  split,
  sub,
  type Tensor,
  where,
} from "../../graph/index.ts";
import type { CellName, State } from "../../nn/cells.ts";
import { Linear } from "../../nn/linear.ts";
import { type Parameter, values, type Weights } from "../../nn/parameters.ts";
import { StackedCells } from "../../nn/stacked.ts";
import { InputEncoder } from "../inputs.ts";
import type {
  Imagination,
  Imagined,
  Judgement,
  Observation,
  Regularise,
  SequenceModel,
} from "../sequence.ts";

export interface VrnnOptions {
  readonly columns: readonly Column[];
  readonly hidden: number;
  readonly latent: number;
  readonly cell: CellName;
  readonly layers: number;
  /** Posterior mean = prior mean + correction, rather than a mean of its own. */
  readonly residual: boolean;
  /** Output distributions other than the default of their kind of column (`distributions/families.ts`). */
  readonly emission?: readonly string[];
}

/** The least standard deviation of prior and posterior. */
const latentFloor = 1e-4;

/** A diagonal normal distribution, `[B, Z]` each; the scale before softplus too. */
interface Normal {
  readonly mean: Tensor;
  readonly rawScale: Tensor;
  readonly scale: Tensor;
}

const normal = (mean: Tensor, rawScale: Tensor): Normal => ({
  mean,
  rawScale,
  scale: add(softplus(rawScale), latentFloor),
});

export class Vrnn implements SequenceModel {
  readonly parameters: readonly Parameter[];
  readonly stateSizes: Readonly<Record<string, number>>;
  readonly latentSize: number;
  readonly emission: Emission;
  readonly dropoutSites: Readonly<Record<string, number>>;
  private readonly residual: boolean;
  private readonly encoder: InputEncoder;
  private readonly recurrence: StackedCells;
  private readonly layers: Readonly<Record<LayerName, Linear>>;

  constructor({ columns, hidden, latent, cell, layers, residual, emission }: VrnnOptions) {
    this.latentSize = latent;
    this.residual = residual;
    this.emission = emissionOf(columns, emission);
    this.encoder = new InputEncoder(columns);
    this.layers = vrnnLayers(this.encoder.width, hidden, latent, this.emission);
    this.recurrence = new StackedCells(cell, "cell", { x: hidden, z: hidden }, hidden, layers);
    this.stateSizes = {
      ...this.recurrence.stateSizes,
      ...(this.emission.recall && { last: columns.length }),
    };
    const sites = [
      "x",
      "z",
      "h",
      "decoder",
      ...Array.from({ length: layers - 1 }, (_, layer) => `between.${layer}`),
    ];
    this.dropoutSites = Object.fromEntries(sites.map((site) => [site, hidden]));
    this.parameters = [
      ...Object.values(this.layers).flatMap(({ parameters }) => parameters),
      ...this.recurrence.parameters,
    ];
  }

  observe(
    weights: Weights,
    state: State,
    { x, mask, noise }: Observation,
    regularise: Regularise,
  ): { state: State; outputs: Judgement } {
    const h = regularise("h", this.recurrence.visible(state)); // [B, H]
    const present = greater(mask, 0); // [B, D]
    const known = where(present, x, 0); // [B, D]
    const phiX = regularise("x", this.features("phiX", weights, { x: this.encoder.encode(x, mask) })); // [B, H]
    const prior = this.prior(weights, h);
    const posterior = this.posterior(weights, phiX, h, prior, max(mask, [-1], { keepDims: true }));
    const z = add(posterior.mean, mul(posterior.scale, noise)); // [B, Z]
    const phiZ = regularise("z", this.features("phiZ", weights, { z })); // [B, H]
    const raw = this.generation(weights, phiZ, h, state, regularise);
    const after = this.recurrence.step(weights, { x: phiX, z: phiZ }, state, (values, layer) =>
      regularise(`between.${layer}`, values),
    ); // eq. (7)
    return {
      state: { ...after, ...this.remembered(state, (last) => where(present, x, last)) },
      outputs: {
        logLikelihood: where(present, this.emission.logProbability(raw, known, present), 0), // [B, D]
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

  imagine(
    weights: Weights,
    state: State,
    { noise, temperature, ...draws }: Imagination,
  ): { state: State; outputs: Imagined } {
    const h = this.recurrence.visible(state); // [B, H]
    const prior = this.prior(weights, h);
    const z = add(prior.mean, mul(mul(prior.scale, noise), temperature)); // [B, Z]
    const phiZ = this.features("phiZ", weights, { z }); // [B, H]
    const raw = this.generation(weights, phiZ, h, state, unchanged); // [B, width]
    const x = this.emission.sample(raw, draws, temperature); // [B, D]
    const phiX = this.features("phiX", weights, { x: this.encoder.encode(x, filledLike(x, 1)) }); // [B, H]
    const after = this.recurrence.step(weights, { x: phiX, z: phiZ }, state, (values) => values);
    return {
      state: { ...after, ...this.remembered(state, () => x) },
      outputs: { x, expected: this.emission.mean(raw) },
    };
  }

  /** φ(x) or φ(z), section 3: one layer that extracts features. */
  private features(
    name: "phiX" | "phiZ",
    weights: Weights,
    inputs: Readonly<Record<string, Tensor>>,
  ): Tensor {
    return relu(this.layers[name].apply(weights, inputs));
  }

  /** z ~ N(μ₀, diag σ₀²) given the state, eq. (5). */
  private prior(weights: Weights, h: Tensor): Normal {
    const hidden = relu(this.layers.priorHidden.apply(weights, { h })); // [B, H]
    const [mean, rawScale] = this.halves(this.layers.priorOut.apply(weights, { hidden }));
    return normal(mean, rawScale);
  }

  /**
   * z | x ~ N(μ, diag σ²) given x and the state, eq. (9). A step of which nothing was observed tells nothing: there the
   * posterior is the prior.
   * @param observed `[B, 1]`: 1 where anything was observed
   */
  private posterior(weights: Weights, phiX: Tensor, h: Tensor, prior: Normal, observed: Tensor): Normal {
    const hidden = relu(this.layers.posteriorHidden.apply(weights, { x: phiX, h })); // [B, H]
    const [mean, rawScale] = this.halves(this.layers.posteriorOut.apply(weights, { hidden }));
    const seen = greater(observed, 0); // [B, 1]
    return normal(
      this.residual ? add(prior.mean, mul(observed, mean)) : where(seen, mean, prior.mean),
      where(seen, rawScale, prior.rawScale),
    );
  }

  /** What the emission needs to know, given z and the state, eq. (6). `[B, width]` */
  private generation(
    weights: Weights,
    phiZ: Tensor,
    h: Tensor,
    { last }: State,
    regularise: Regularise,
  ): Tensor {
    const hidden = relu(this.layers.decoderHidden.apply(weights, { z: phiZ, h })); // [B, H]
    const output = this.layers.emission.apply(weights, { hidden: regularise("decoder", hidden) });
    return last === undefined ? output : (this.emission.recall?.(output, last) ?? output);
  }

  /** The values observed last, as a part of the state where the emission leans on them. */
  private remembered({ last }: State, update: (last: Tensor) => Tensor): State {
    return last === undefined ? {} : { last: update(last) };
  }

  private halves(x: Tensor): readonly [Tensor, Tensor] {
    return split(x, [this.latentSize, this.latentSize]) as unknown as readonly [Tensor, Tensor];
  }
}

const unchanged: Regularise = (_, x) => x;

type LayerName =
  | "phiX"
  | "phiZ"
  | "priorHidden"
  | "priorOut"
  | "posteriorHidden"
  | "posteriorOut"
  | "decoderHidden"
  | "emission";

const vrnnLayers = (
  width: number,
  hidden: number,
  latent: number,
  emission: Emission,
): Record<LayerName, Linear> => ({
  phiX: new Linear("phi_x", { x: width }, hidden),
  phiZ: new Linear("phi_z", { z: latent }, hidden),
  priorHidden: new Linear("prior.hidden", { h: hidden }, hidden),
  priorOut: new Linear("prior.out", { hidden }, 2 * latent),
  posteriorHidden: new Linear("posterior.hidden", { x: hidden, h: hidden }, hidden),
  posteriorOut: new Linear("posterior.out", { hidden }, 2 * latent),
  decoderHidden: new Linear("decoder.hidden", { z: hidden, h: hidden }, hidden),
  emission: new Linear("emission", { hidden }, emission.width, { bias: values(emission.initialBias) }),
});
