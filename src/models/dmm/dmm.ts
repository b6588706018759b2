/**
 * The deep Markov model: Krishnan, Shalit and Sontag, "Structured Inference Networks for Nonlinear State Space Models", AAAI 2017 (deep
 * Kalman filters: 2015).
 */
import type { LatentDistribution } from "../../distributions/latent/distribution.ts";
import { type LatentFamilyName, latentFamilies } from "../../distributions/latent/families.ts";
import type { LatentFamily } from "../../distributions/latent/family.ts";
import { addAll, mul, type Tensor, tanh } from "../../graph/index.ts";
import { type Cell, type CellName, cells, type State } from "../../nn/cells.ts";
import { Hidden } from "../../nn/hidden.ts";
import { InitialState } from "../../nn/initial-state.ts";
import { Linear } from "../../nn/linear.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import type { StepData } from "../ends.ts";
import { type FlowSteps, type Inference, inference } from "../inference-network.ts";
import type {
  EmissionContext,
  LatentBlock,
  LatentModel,
  PosteriorContext,
  Shapes,
  TransitionContext,
} from "../model.ts";
import { NetworkModel, type NetworkSizes, shapesOf } from "../network-model.ts";
import { readBackwards } from "../read-backwards.ts";
import { GatedTransition } from "./gated-transition.ts";

/** What the posterior reads beside z_{t−1}: the data from t on (the paper's ST-R), up to t (ST-L), or all (ST-LR). */
export const directions = ["future", "past", "both"] as const;
/** What the posterior reads. */
export type Direction = (typeof directions)[number];

/** The shape of a deep Markov model, of columns or of tokens. */
export type DmmOptions = StepData & DmmSizes;

/** What does not depend on the kind of data. */
export interface DmmSizes extends NetworkSizes, FlowSteps {
  /** Z: latent variables per step, all of the model's state. */
  readonly latent: number;
  /** The distribution of prior and posterior; `normal` unless told. */
  readonly latentFamily?: LatentFamilyName;
  /** Of the posterior's readers; `gru` unless told. */
  readonly cell?: CellName;
  /** `future` unless told: the exact posterior depends on no more than that and z_{t−1}. */
  readonly reads?: Direction;
  /** Posterior mean = prior mean + correction, rather than a mean of its own; so unless told. */
  readonly residual?: boolean;
}

/**
 * A deep Markov model for columns of data, or for tokens: z_t | z_{t−1} by a gated network, x_t | z_t, and nothing else is carried: all that
 * is known of the past is in z. With `reads: "past"` its posterior is causal, and it streams.
 *
 * @example
 * new Dmm({ columns, hidden: 64, latent: 16 }).state; // { z: [16] }
 *
 * @throws VrnnError `distribution/...` when an output distribution does not fit the columns.
 */
export class Dmm extends NetworkModel {
  readonly parameters: readonly Parameter[];
  readonly state: Shapes;
  readonly past?: Shapes;
  /** What has read the data before each step, where the posterior reads the past. */
  readonly advance?: NonNullable<LatentModel["advance"]>;
  /** What has read the data from each step on, where it reads the future. */
  readonly evidence?: NonNullable<LatentModel["evidence"]>;
  readonly latents: readonly LatentBlock[];
  readonly dropoutSites: Sizes;
  readonly recurrentWeights: readonly string[];
  private readonly residual: boolean;
  private readonly layers: Layers;

  constructor(options: DmmOptions) {
    super(options);
    const { hidden, latent, cell = "gru", reads = "future", residual = true, flow } = options;
    const family = latentFamilies[options.latentFamily ?? "normal"];
    this.residual = residual;
    this.layers = layersOf({ known: this.known, hidden, latent, family, cell, reads, flow });
    this.parameters = this.around(Object.values(this.layers));
    this.state = { z: [latent] };
    const { forward, backward } = this.layers;
    if (forward !== undefined) {
      this.past = shapesOf(forward.stateSizes);
      this.advance = (net, past, x, given) => forward.step(net, { ...x, ...given }, past);
    }
    if (backward !== undefined)
      this.evidence = (net, { x, anything, given }) => {
        const later = readBackwards(net, backward, { x: part(x, "x"), ...given.slices }, anything);
        return { slices: { later }, fixed: {} };
      };
    this.recurrentWeights = [forward && "forward.h.weight", backward && "backward.h.weight"].filter(
      (name) => name !== undefined,
    );
    this.dropoutSites = { x: hidden, decoder: hidden };
    this.latents = [
      {
        name: "z",
        shape: [latent],
        at: "step",
        normals: family.normals,
        prior: (net, { state, given }) => this.layers.prior.apply(net, { z: part(state, "z"), ...given }),
        posterior: (net, context) => this.posterior(net, context),
      },
    ];
  }

  /** z_0, which is learned. */
  initial(net: Net): State {
    return this.layers.initial.apply(net, {});
  }

  /** The raw parameters of x_t | z_t. `[..., width]` */
  emissionParameters(net: Net, { z, given }: EmissionContext): Tensor {
    return this.put(net, this.layers.decoderHidden.apply(net, { z: part(z, "z"), ...given }));
  }

  /** z_t is all that is carried on. */
  transition(_: Net, { z }: TransitionContext): State {
    return { z: part(z, "z") };
  }

  /** The mean of what z_{t−1} and each reader tell, then a distribution. */
  private posterior(net: Net, { state, x, evidence, given, prior }: PosteriorContext): LatentDistribution {
    const { before, forward, inference } = this.layers;
    const told = [tanh(before.apply(net, { z: part(state, "z") }))]; // [..., H] each
    if (forward !== undefined) told.push(part(forward.step(net, { x: part(x, "x"), ...given }, state), "h"));
    if (this.evidence !== undefined) told.push(part(evidence, "later"));
    const combined = { combined: mul(addAll(told), 1 / told.length) };
    return inference.apply(net, combined, this.residual ? prior : undefined);
  }
}

interface Layers {
  readonly initial: InitialState;
  readonly prior: GatedTransition;
  /** What reads the data up to a step, and from a step on. */
  readonly forward: Cell | undefined;
  readonly backward: Cell | undefined;
  readonly before: Linear;
  readonly inference: Inference;
  readonly decoderHidden: Hidden;
}

interface LayerSizes extends Required<FlowSteps> {
  readonly known: Sizes;
  readonly hidden: number;
  readonly latent: number;
  readonly family: LatentFamily;
  readonly cell: CellName;
  readonly reads: Direction;
}

function layersOf({ known, hidden, latent, family, cell, reads, flow }: LayerSizes): Layers {
  const reader = (name: string) => cells[cell](name, { x: hidden, ...known }, hidden);
  return {
    initial: new InitialState({}, { z: latent }),
    prior: new GatedTransition({ known, hidden, latent, family }),
    forward: reads === "future" ? undefined : reader("forward"),
    backward: reads === "past" ? undefined : reader("backward"),
    before: new Linear("posterior.before", { z: latent }, hidden),
    inference: inference({ inputs: { combined: hidden }, hidden, latent, family, flow }),
    decoderHidden: new Hidden("decoder.hidden", { z: latent, ...known }, hidden),
  };
}
