/**
 * A VRNN of two levels of latent variables, as in Castrejón, Ballas and Courville, "Improved Conditional VRNNs for Video Prediction",
 * ICCV 2019, section 3.2, whose levels are dense: each is told by those above it.
 */
import type { LatentDistribution } from "../../distributions/latent/distribution.ts";
import { type LatentFamilyName, latentFamilies } from "../../distributions/latent/families.ts";
import type { LatentFamily } from "../../distributions/latent/family.ts";
import type { Tensor } from "../../graph/index.ts";
import { type CellName, cells, type State } from "../../nn/cells.ts";
import { Hidden } from "../../nn/hidden.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import { prefixed } from "../../nn/prefixed.ts";
import type { StepData } from "../ends.ts";
import { type FlowSteps, type Inference, inference } from "../inference-network.ts";
import { LatentNetwork } from "../latent-network.ts";
import type { EmissionContext, LatentBlock, Shapes, Tensors, TransitionContext } from "../model.ts";
import { NetworkModel, type NetworkSizes, shapesOf } from "../network-model.ts";

/** The shape of a hierarchy, of columns or of tokens. */
export type HierarchyOptions = StepData & HierarchySizes;

/** What does not depend on the kind of data. */
export interface HierarchySizes extends NetworkSizes, FlowSteps {
  /** Z: latent variables of each level at each step. */
  readonly latent: number;
  /** The distribution of priors and posteriors; `normal` unless told. */
  readonly latentFamily?: LatentFamilyName;
  /** `gru` unless told. */
  readonly cell?: CellName;
  /** Posterior mean = prior mean + correction, rather than a mean of its own; so unless told. */
  readonly residual?: boolean;
}

/**
 * A hierarchy of two levels, u above z: u_t | g_{t−1}; z_t | h_{t−1}, u_t; x_t | h_{t−1}, u_t, z_t. Each level has a recurrent state of its
 * own: g_t = f(g_{t−1}, x_t, u_t) does not see z, h_t = f(h_{t−1}, x_t, u_t, z_t).
 *
 * @example
 * const model = new Hierarchy({ columns, hidden: 64, latent: 8 });
 * model.latents.map(({ name }) => name); // ["u", "z"]
 *
 * @throws VrnnError `distribution/...` when an output distribution does not fit the columns.
 */
export class Hierarchy extends NetworkModel {
  readonly parameters: readonly Parameter[];
  readonly state: Shapes;
  readonly latents: readonly LatentBlock[];
  readonly dropoutSites: Sizes;
  readonly recurrentWeights: readonly string[];
  private readonly upper: Level;
  private readonly lower: Level;
  private readonly decoderHidden: Hidden;

  constructor(options: HierarchyOptions) {
    super(options);
    const { hidden, latent, cell = "gru", residual = true, flow } = options;
    const { known } = this;
    const family = latentFamilies[options.latentFamily ?? "normal"];
    const shared = { known, hidden, latent, family, cell, residual, flow };
    this.upper = new Level("u", "upper", [], shared);
    this.lower = new Level("z", "lower", ["u"], shared);
    const levels = [this.upper, this.lower];
    this.decoderHidden = new Hidden("decoder.hidden", { u: hidden, z: hidden, h: hidden, ...known }, hidden);
    this.parameters = this.around([...levels, this.decoderHidden]);
    this.state = shapesOf(Object.assign({}, ...levels.map(({ stateSizes }) => stateSizes)));
    this.recurrentWeights = levels.map(({ recurrentWeight }) => recurrentWeight);
    this.dropoutSites = { x: hidden, u: hidden, z: hidden, h: hidden, decoder: hidden };
    this.latents = levels.map(({ block }) => block);
  }

  /** The raw parameters of x_t | h_{t−1}, u_t, z_t. `[..., width]` */
  emissionParameters(net: Net, { state, z, given }: EmissionContext): Tensor {
    const h = net.keep("h", this.lower.visible(state)); // [..., H]
    return this.put(net, this.decoderHidden.apply(net, { ...this.drawn(net, z), h, ...given }));
  }

  /** g_t and h_t. */
  transition(net: Net, { state, x, z, given }: TransitionContext): State {
    const { u, z: own } = this.drawn(net, z);
    const moved = { x: part(x, "x"), ...given };
    return {
      ...this.upper.step(net, { ...moved, u }, state),
      ...this.lower.step(net, { ...moved, u, z: own }, state),
    };
  }

  /** φ(u) and φ(z), `[..., H]` each. */
  private drawn(net: Net, z: Tensors): { readonly u: Tensor; readonly z: Tensor } {
    return { u: this.upper.features(net, z), z: this.lower.features(net, z) };
  }
}

interface LevelSizes extends Required<FlowSteps> {
  readonly known: Sizes;
  readonly hidden: number;
  readonly latent: number;
  readonly family: LatentFamily;
  readonly cell: CellName;
  readonly residual: boolean;
}

/** A level: its latent variables, what they read of the levels above, and its recurrent state. */
class Level {
  readonly parameters: readonly Parameter[];
  readonly block: LatentBlock;
  readonly stateSizes: Sizes;
  readonly recurrentWeight: string;
  private readonly name: string;
  private readonly phi: Hidden;
  private readonly prior: LatentNetwork;
  private readonly inference: Inference;
  private readonly cell: ReturnType<typeof prefixed>;

  /** @param name of its latent variables @param word before its parts of the state @param above the blocks above it, by name */
  constructor(name: string, word: string, above: readonly string[], sizes: LevelSizes) {
    const { known, hidden, latent, family, residual, flow } = sizes;
    this.name = name;
    const higher = Object.fromEntries(above.map((each) => [each, latent]));
    const drawn = Object.fromEntries([...above, name].map((each) => [each, hidden]));
    const visible = { ...higher, h: hidden, ...known };
    const shared = { hidden, latent, family };
    this.phi = new Hidden(`${word}.phi`, { [name]: latent }, hidden);
    this.prior = new LatentNetwork(`${word}.prior`, { inputs: visible, ...shared });
    this.inference = inference({
      name: `${word}.posterior`,
      inputs: { x: hidden, ...visible },
      ...shared,
      flow,
    });
    const cell = cells[sizes.cell](`${word}.cell`, { x: hidden, ...drawn, ...known }, hidden);
    this.cell = prefixed(word, cell);
    this.stateSizes = this.cell.stateSizes;
    this.recurrentWeight = `${word}.cell.h.weight`;
    this.parameters = [this.phi, this.prior, this.inference, this.cell].flatMap(
      ({ parameters }) => parameters,
    );
    const see = (net: Net, state: State) => ({ h: net.keep("h", this.visible(state)) });
    this.block = {
      name,
      shape: [latent],
      at: "step",
      normals: family.normals,
      prior: (net, { state, above, given }) =>
        this.prior.apply(net, { ...above, ...see(net, state), ...given }),
      posterior: (net, { state, above, x, given, prior }): LatentDistribution => {
        const inputs = { x: part(x, "x"), ...above, ...see(net, state), ...given };
        return this.inference.apply(net, inputs, residual ? prior : undefined);
      },
    };
  }

  /** What the other layers see of its state, `[..., H]`. */
  visible(state: State): Tensor {
    return this.cell.visible(state) as Tensor;
  }

  /** φ of its draws, `[..., H]`. */
  features(net: Net, z: Tensors): Tensor {
    return net.keep(this.name, this.phi.apply(net, { [this.name]: part(z, this.name) }));
  }

  step(net: Net, inputs: Tensors, state: State): State {
    return this.cell.step(net, inputs, state);
  }
}
