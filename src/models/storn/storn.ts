/**
 * The stochastic recurrent network: Bayer and Osendorfer, "Learning Stochastic Recurrent Networks", 2014. Equation numbers are the
 * paper's.
 */
import type { LatentDistribution } from "../../distributions/latent/distribution.ts";
import { type LatentFamilyName, latentFamilies } from "../../distributions/latent/families.ts";
import type { Tensor } from "../../graph/index.ts";
import { type Cell, type CellName, cells, type State } from "../../nn/cells.ts";
import { Hidden } from "../../nn/hidden.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import { prefixed } from "../../nn/prefixed.ts";
import type { StepData } from "../ends.ts";
import { type FlowSteps, type Inference, inference } from "../inference-network.ts";
import type {
  EmissionContext,
  LatentBlock,
  PosteriorContext,
  Shapes,
  Tensors,
  TransitionContext,
} from "../model.ts";
import { NetworkModel, type NetworkSizes, shapesOf } from "../network-model.ts";

/** The shape of a STORN, of columns or of tokens. */
export type StornOptions = StepData & StornSizes;

/** What does not depend on the kind of data. */
export interface StornSizes extends NetworkSizes, FlowSteps {
  /** Z: latent variables per step. */
  readonly latent: number;
  /** The distribution of prior and posterior; `normal` unless told. */
  readonly latentFamily?: LatentFamilyName;
  /** Of both networks; `gru` unless told. */
  readonly cell?: CellName;
}

/**
 * A STORN for columns of data, or for tokens: latent variables z_t ~ N(0, 1), independent of each other and of the past, are one more
 * input of a recurrent network, h_t = f(h_{t−1}, x_{t−1}, z_t), which alone tells x_t | h_t. A second network of the same kind reads the
 * data for the posterior, z_t | x_≤t.
 *
 * @example
 * const model = new Storn({ columns, hidden: 64, latent: 16 });
 * [model.state, model.past]; // [{ h: [64] }, { before: [64], "reader.h": [64] }]
 *
 * @throws VrnnError `distribution/...` when an output distribution does not fit the columns.
 */
export class Storn extends NetworkModel {
  readonly parameters: readonly Parameter[];
  readonly state: Shapes;
  readonly past: Shapes;
  readonly latents: readonly LatentBlock[];
  readonly dropoutSites: Sizes;
  readonly recurrentWeights = ["cell.h.weight", "reader.h.weight"];
  private readonly generator: Cell;
  private readonly reader: ReturnType<typeof prefixed>;
  private readonly phiZ: Hidden;
  private readonly inference: Inference;
  private readonly decoderHidden: Hidden;

  constructor(options: StornOptions) {
    super(options);
    const { hidden, latent, cell = "gru", flow } = options;
    const { known } = this;
    const family = latentFamilies[options.latentFamily ?? "normal"];
    this.phiZ = new Hidden("phi_z", { z: latent }, hidden);
    this.generator = cells[cell]("cell", { x: hidden, z: hidden, ...known }, hidden);
    this.reader = prefixed("reader", cells[cell]("reader", { x: hidden, ...known }, hidden));
    this.inference = inference({ inputs: { x: hidden, r: hidden, ...known }, hidden, latent, family, flow });
    this.decoderHidden = new Hidden("decoder.hidden", { h: hidden, ...known }, hidden);
    this.parameters = this.around([
      this.phiZ,
      this.generator,
      this.reader,
      this.inference,
      this.decoderHidden,
    ]);
    this.state = shapesOf(this.generator.stateSizes);
    this.past = { before: [hidden], ...shapesOf(this.reader.stateSizes) };
    this.dropoutSites = { x: hidden, z: hidden, h: hidden, decoder: hidden };
    this.latents = [
      {
        name: "z",
        shape: [latent],
        at: "step",
        normals: family.normals,
        prior: (_, { state }) => {
          const { dtype, shape } = part(state, "h");
          return family.standard({ dtype, shape: [...shape.slice(0, -1), latent] }); // eq. (8)
        },
        posterior: (net, context) => this.posterior(net, context),
      },
    ];
  }

  /** φ(x_{t−1}), and what the reader has read before the step. */
  advance(net: Net, past: State, x: Tensors, given: Tensors): State {
    return { before: part(x, "x"), ...this.reader.step(net, { ...x, ...given }, past) };
  }

  /** The raw parameters of x_t | h_t, eq. (7). `[..., width]` */
  emissionParameters(net: Net, { state, z, given }: EmissionContext): Tensor {
    const h = net.keep("h", part(this.moved(net, { state, z, given }), "h")); // [..., H]
    return this.put(net, this.decoderHidden.apply(net, { h, ...given }));
  }

  /** The state of the generating network. */
  transition(net: Net, context: TransitionContext): State {
    return this.moved(net, context);
  }

  /** h_t = f(h_{t−1}, φ(x_{t−1}), φ(z_t)), eq. (6). */
  private moved(net: Net, { state, z, given }: EmissionContext): State {
    const drawn = net.keep("z", this.phiZ.apply(net, { z: part(z, "z") })); // [..., H]
    return this.generator.step(net, { x: part(state, "before"), z: drawn, ...given }, state);
  }

  /** z_t | x_≤t, eq. (9). */
  private posterior(net: Net, { state, x, given }: PosteriorContext): LatentDistribution {
    return this.inference.apply(net, { x: part(x, "x"), r: this.reader.visible(state), ...given });
  }
}
