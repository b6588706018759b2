/**
 * The stochastic recurrent neural network: Fraccaro, Sønderby, Paquet, Winther, "Sequential Neural Models with Stochastic
 * Layers", NIPS 2016. The paper's d is the part `h` of the past; a is what evidence gives.
 */
import type { LatentDistribution } from "../../distributions/latent/distribution.ts";
import { type LatentFamilyName, latentFamilies } from "../../distributions/latent/families.ts";
import type { LatentFamily } from "../../distributions/latent/family.ts";
import type { Tensor } from "../../graph/index.ts";
import { type Cell, type CellName, cells, type State } from "../../nn/cells.ts";
import { Hidden } from "../../nn/hidden.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import type { StepData } from "../ends.ts";
import { type FlowSteps, type Inference, inference } from "../inference-network.ts";
import { LatentNetwork } from "../latent-network.ts";
import type {
  EmissionContext,
  LatentBlock,
  OverTime,
  PosteriorContext,
  PriorContext,
  Shapes,
  Tensors,
  TransitionContext,
  WholeSequences,
  ZForcing,
} from "../model.ts";
import { NetworkModel, type NetworkSizes, shapesOf } from "../network-model.ts";
import { readBackwards } from "../read-backwards.ts";
import { EvidenceDecoder } from "./evidence-decoder.ts";

/** The shape of an SRNN, of columns or of tokens. */
export type SrnnOptions = StepData & SrnnSizes;

/** What does not depend on the kind of data. */
export interface SrnnSizes extends NetworkSizes, FlowSteps {
  /** Z: latent variables per step. */
  readonly latent: number;
  /** The distribution of prior and posterior; `normal` unless told. */
  readonly latentFamily?: LatentFamilyName;
  /** `gru` unless told. */
  readonly cell?: CellName;
  /** Posterior mean = prior mean + correction, rather than a mean of its own; so unless told. */
  readonly residual?: boolean;
  /** How much it costs that z does not tell what the posterior has read of the future (Z-forcing); nothing unless told. */
  readonly zForcing?: number;
}

/**
 * An SRNN for columns of data, or for tokens: d_t = f(d_{t−1}, x_{t−1}) reads the past, z_t | z_{t−1}, d_t is a state space model upon
 * it, and x_t | z_t, d_t. Its posterior reads a_t = g(a_{t+1}, d_t, x_t), which runs backwards, and (beyond the paper)
 * d_t and x_t themselves: it knows the future, so the model scores whole sequences, and is followed by particles.
 *
 * @example
 * const model = new Srnn({ columns, hidden: 64, latent: 16 });
 * [model.state, model.past]; // [{ z: [16] }, { h: [64] }]
 * new Srnn({ tokens: 69, embedding: 32, tied: true, hidden: 128, latent: 8 }).width; // 1, a token a step
 *
 * @throws VrnnError `distribution/...` when an output distribution does not fit the columns.
 */
export class Srnn extends NetworkModel {
  readonly parameters: readonly Parameter[];
  readonly state: Shapes;
  readonly past: Shapes;
  readonly latents: readonly LatentBlock[];
  readonly dropoutSites: Sizes;
  readonly recurrentWeights = ["forward.h.weight", "backward.h.weight"];
  /** Where it is asked for. */
  readonly zForcing?: ZForcing;
  private readonly residual: boolean;
  private readonly layers: Layers;

  constructor(options: SrnnOptions) {
    super(options);
    const { hidden, latent, cell = "gru", residual = true, flow } = options;
    this.residual = residual;
    const family = latentFamilies[options.latentFamily ?? "normal"];
    this.layers = layersOf({ known: this.known, hidden, latent, family, cell, flow });
    const weight = options.zForcing ?? 0;
    const forcing = weight > 0 ? new EvidenceDecoder({ hidden, latent }) : undefined;
    if (forcing !== undefined)
      this.zForcing = {
        weight,
        logProb: (net, states, { a }) => forcing.logProb(net, part(states, "z"), a as Tensor),
      };
    this.parameters = [...this.around(Object.values(this.layers)), ...(forcing?.parameters ?? [])];
    this.state = { z: [latent] };
    this.past = shapesOf(this.layers.forward.stateSizes);
    this.dropoutSites = { x: hidden, h: hidden, decoder: hidden };
    this.latents = [
      {
        name: "z",
        shape: [latent],
        at: "step",
        normals: family.normals,
        prior: (net, context) => this.prior(net, context),
        posterior: (net, context) => this.posterior(net, context),
      },
    ];
  }

  /** d_{t+1} = f(d_t, φ(x_t)). */
  advance(net: Net, past: State, x: Tensors, given: Tensors): State {
    return this.layers.forward.step(net, { ...x, ...given }, past);
  }

  /** a_t = g(a_{t+1}, d_t, φ(x_t)). `[T, ..., H]` */
  evidence(net: Net, { x, anything, past, given }: WholeSequences): OverTime {
    const inputs = { x: part(x, "x"), d: part(past, "h"), ...given.slices };
    return { slices: { a: readBackwards(net, this.layers.backward, inputs, anything) }, fixed: {} };
  }

  /** The raw parameters of x_t | z_t, d_t. `[..., width]` */
  emissionParameters(net: Net, { z, ...context }: EmissionContext): Tensor {
    return this.put(net, this.layers.decoderHidden.apply(net, { ...z, ...visible(net, context) }));
  }

  /** z_t is all that is carried on. */
  transition(_: Net, { z }: TransitionContext): State {
    return { z: part(z, "z") };
  }

  /** z_t | z_{t−1}, d_t. */
  private prior(net: Net, { state, ...context }: PriorContext): LatentDistribution {
    const inputs = { z: part(state, "z"), ...visible(net, { state, ...context }) };
    return this.layers.prior.apply(net, inputs);
  }

  /** z_t | z_{t−1}, a_t, and what a_t was made of this step, d_t and φ(x_t); residual: eq. (14). */
  private posterior(net: Net, { state, x, evidence, given, prior }: PosteriorContext): LatentDistribution {
    const { posterior } = this.layers;
    const read = { x: part(x, "x"), a: part(evidence, "a"), ...visible(net, { state, given }) };
    return posterior.apply(net, { z: part(state, "z"), ...read }, this.residual ? prior : undefined);
  }
}

/** What layers see of x's past and of what is known, `[..., H]` each. */
const visible = (net: Net, { state, given }: Pick<PriorContext, "state" | "given">): Tensors => ({
  d: net.keep("h", part(state, "h")),
  ...given,
});

interface Layers {
  readonly forward: Cell;
  readonly backward: Cell;
  readonly prior: LatentNetwork;
  readonly posterior: Inference;
  readonly decoderHidden: Hidden;
}

interface LayerSizes extends Required<FlowSteps> {
  /** The widths of what is known of each step. */
  readonly known: Sizes;
  readonly hidden: number;
  readonly latent: number;
  readonly family: LatentFamily;
  readonly cell: CellName;
}

function layersOf({ known, hidden, latent, family, cell, flow }: LayerSizes): Layers {
  const sizes = { hidden, latent, family };
  return {
    forward: cells[cell]("forward", { x: hidden, ...known }, hidden),
    backward: cells[cell]("backward", { x: hidden, d: hidden, ...known }, hidden),
    prior: new LatentNetwork("prior", { inputs: { z: latent, d: hidden, ...known }, ...sizes }),
    posterior: inference({
      inputs: { z: latent, x: hidden, a: hidden, d: hidden, ...known },
      ...sizes,
      flow,
    }),
    decoderHidden: new Hidden("decoder.hidden", { z: latent, d: hidden, ...known }, hidden),
  };
}
