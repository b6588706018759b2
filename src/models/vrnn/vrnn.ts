/**
 * The variational recurrent neural network: Chung, Kastner, Dinh, Goel, Courville, Bengio, "A Recurrent Latent
 * Variable Model for Sequential Data", NIPS 2015. Equation numbers are the paper's.
 */
import type { Column, ConditionColumn } from "../../data/dataset.ts";
import type { Emission } from "../../distributions/emission.ts";
import { emissionOf } from "../../distributions/mixed.ts";
import { type Normal, normal, residualNormal } from "../../distributions/normal.ts";
import type { Tensor } from "../../graph/index.ts";
import type { CellName, State } from "../../nn/cells.ts";
import { Hidden } from "../../nn/hidden.ts";
import { InitialState } from "../../nn/initial-state.ts";
import { Linear } from "../../nn/linear.ts";
import type { Net } from "../../nn/net.ts";
import { type Parameter, type Sizes, values } from "../../nn/parameters.ts";
import { StackedCells } from "../../nn/stacked.ts";
import { halves } from "../halves.ts";
import { InputEncoder } from "../inputs.ts";
import type {
  EmissionContext,
  Known,
  LatentBlock,
  LatentModel,
  Observed,
  OverTime,
  PosteriorContext,
  PriorContext,
  Shapes,
  Tensors,
  TransitionContext,
} from "../model.ts";
import { type Prior, type PriorName, priors } from "./prior.ts";

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

/**
 * A VRNN for columns of data.
 *
 * @example
 * const model = new Vrnn({ columns, hidden: 64, latent: 16 });
 * model.state; // { h: [64] }
 *
 * @throws VrnnError `distribution/...` when an output distribution does not fit the columns.
 */
export class Vrnn implements LatentModel {
  readonly parameters: readonly Parameter[];
  readonly width: number;
  readonly state: Shapes;
  readonly latents: readonly LatentBlock[];
  readonly emission: Emission;
  readonly conditions: readonly ConditionColumn[];
  readonly dropoutSites: Sizes;
  /** A state to begin with, of a model that learns one. */
  readonly initial?: NonNullable<LatentModel["initial"]>;
  private readonly latent: number;
  private readonly residual: boolean;
  private readonly encoder: InputEncoder;
  private readonly conditionEncoder: InputEncoder;
  private readonly prior: Prior;
  private readonly recurrence: StackedCells;
  private readonly layers: Layers;

  constructor(options: VrnnOptions) {
    const { columns, conditions = [], hidden, latent, emission } = options;
    const { cell = "gru", layers = 1, residual = true, layerNorm = false } = options;
    this.width = columns.length;
    this.latent = latent;
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
    const initial =
      options.initial === "learned" ? new InitialState(known, this.recurrence.stateSizes) : undefined;
    if (initial !== undefined) this.initial = (net, { given }) => initial.apply(net, given);
    this.state = Object.fromEntries(
      Object.entries(this.recurrence.stateSizes).map(([part, size]) => [part, [size]]),
    );
    this.latents = [
      {
        name: "z",
        shape: [latent],
        at: "step",
        prior: (net, context) => this.prior.apply(net, this.visible(net, context)),
        posterior: (net, context) => this.posterior(net, context),
      },
    ];
    const between = Array.from({ length: layers - 1 }, (_, layer) => `between.${layer}`);
    this.dropoutSites = Object.fromEntries(
      ["x", "z", "h", "decoder", ...between].map((site) => [site, hidden]),
    );
    const { phiX, phiZ, phiC, posteriorHidden, posteriorOut, decoderHidden, emission: output } = this.layers;
    const upTo = [phiX, phiZ, this.prior, posteriorHidden, posteriorOut, decoderHidden, output];
    const rest = [this.recurrence, ...(phiC ? [phiC] : []), ...(initial ? [initial] : [])];
    this.parameters = [...upTo, ...rest].flatMap(({ parameters }) => parameters);
  }

  /** φ(x), `[..., H]`. */
  features(net: Net, { values, mask }: Observed): Tensors {
    return { x: net.keep("x", this.layers.phiX.apply(net, { x: this.encoder.encode(values, mask) })) };
  }

  /** φ(c) of each step, `[..., H]`, where there are conditions. */
  given(net: Net, { condition }: Known): OverTime {
    const { phiC } = this.layers;
    if (phiC === undefined || condition === undefined) return { slices: {}, fixed: {} };
    const encoded = this.conditionEncoder.encode(condition.values, condition.mask);
    return { slices: { c: phiC.apply(net, { c: encoded }) }, fixed: {} };
  }

  /** The raw parameters of x | z ~ p(x; …), eq. (6). `[..., width]` */
  emissionParameters(net: Net, { z, ...context }: EmissionContext): Tensor {
    const inputs = { z: this.phiZ(net, z), ...this.visible(net, context) };
    const hidden = this.layers.decoderHidden.apply(net, inputs); // [..., H]
    return this.layers.emission.apply(net, { hidden: net.keep("decoder", hidden) });
  }

  /** h' = f(φ(x), φ(z), h), eq. (7). */
  transition(net: Net, { state, x, z, given }: TransitionContext): State {
    return this.recurrence.step(net, { x: x["x"] as Tensor, z: this.phiZ(net, z), ...given }, state);
  }

  /** z | x ~ N(μ, diag σ²) given x and the state, eq. (9). */
  private posterior(net: Net, { x, prior, ...context }: PosteriorContext): Normal {
    const inputs = { x: x["x"] as Tensor, ...this.visible(net, context) };
    const hidden = this.layers.posteriorHidden.apply(net, inputs); // [..., H]
    const [mean, rawScale] = halves(this.layers.posteriorOut.apply(net, { hidden }), this.latent);
    return this.residual ? residualNormal(prior, mean, rawScale) : normal(mean, rawScale);
  }

  /** What the layers see of the past and of what is known: `h` and, with conditions, `c`, `[..., H]` each. */
  private visible(net: Net, { state, given }: Pick<PriorContext, "state" | "given">): Tensors {
    return { h: net.keep("h", this.recurrence.visible(state)), ...given };
  }

  /** φ(z), `[..., H]`. */
  private phiZ(net: Net, { z }: Tensors): Tensor {
    return net.keep("z", this.layers.phiZ.apply(net, { z: z as Tensor }));
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
