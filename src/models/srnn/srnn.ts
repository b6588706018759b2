/**
 * The stochastic recurrent neural network: Fraccaro, Sønderby, Paquet, Winther, "Sequential Neural Models with Stochastic
 * Layers", NIPS 2016. The paper's d is the part `h` of the past; a is what evidence gives.
 */
import type { ConditionColumn } from "../../data/dataset.ts";
import type { Emission } from "../../distributions/emission.ts";
import type { LatentDistribution } from "../../distributions/latent/distribution.ts";
import { type LatentFamilyName, latentFamilies } from "../../distributions/latent/families.ts";
import type { LatentFamily } from "../../distributions/latent/family.ts";
import { filledLike, greater, scan, type Tensor, where } from "../../graph/index.ts";
import { type Cell, type CellName, cells, type State } from "../../nn/cells.ts";
import { Hidden } from "../../nn/hidden.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import { type Ends, endsOf, type StepData } from "../ends.ts";
import { InputEncoder } from "../inputs.ts";
import { LatentNetwork } from "../latent-network.ts";
import type {
  EmissionContext,
  Known,
  LatentBlock,
  LatentModel,
  Observation,
  Observed,
  OverTime,
  PosteriorContext,
  PriorContext,
  SeasonPlaces,
  Shapes,
  Tensors,
  TransitionContext,
  WholeSequences,
} from "../model.ts";
import { seasonPlaces } from "../seasons.ts";
import { firstOf } from "../state.ts";

/** The shape of an SRNN, of columns or of tokens. */
export type SrnnOptions = StepData & SrnnSizes;

/** What does not depend on the kind of data. */
export interface SrnnSizes {
  /** What is known beside the data; everything reads it. */
  readonly conditions?: readonly ConditionColumn[] | undefined;
  /** H: the width of hidden layers and of both recurrent states. */
  readonly hidden: number;
  /** Z: latent variables per step. */
  readonly latent: number;
  /** The distribution of prior and posterior; `normal` unless told. */
  readonly latentFamily?: LatentFamilyName;
  /** `gru` unless told. */
  readonly cell?: CellName;
  /** Posterior mean = prior mean + correction, rather than a mean of its own; so unless told. */
  readonly residual?: boolean;
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
export class Srnn implements LatentModel {
  readonly parameters: readonly Parameter[];
  readonly width: number;
  readonly observation?: Observation;
  readonly units: boolean;
  readonly state: Shapes;
  readonly past: Shapes;
  readonly latents: readonly LatentBlock[];
  readonly emission: Emission;
  readonly conditions: readonly ConditionColumn[];
  readonly seasons: SeasonPlaces | undefined;
  readonly dropoutSites: Sizes;
  private readonly residual: boolean;
  private readonly ends: Ends;
  private readonly conditionEncoder: InputEncoder;
  private readonly layers: Layers;

  constructor(options: SrnnOptions) {
    const { conditions = [], hidden, latent, cell = "gru", residual = true } = options;
    this.ends = endsOf(options);
    this.width = this.ends.width;
    if (this.ends.observation !== undefined) this.observation = this.ends.observation;
    this.units = "columns" in options && (options.units ?? false);
    this.residual = residual;
    this.emission = this.ends.emission;
    this.seasons =
      "columns" in options ? seasonPlaces(options.columns, conditions, options.center) : undefined;
    this.conditions = conditions;
    // The mask goes in always: a condition may be withheld, and the networks have to be told.
    this.conditionEncoder = new InputEncoder(conditions, true);
    const widths = { x: this.ends.reads, c: this.conditionEncoder.width };
    const family = latentFamilies[options.latentFamily ?? "normal"];
    this.layers = layersOf({ widths, hidden, latent, family, cell });
    const { phiC, ...layers } = this.layers;
    const all = [this.ends, ...Object.values(layers), this.ends.output, ...(phiC ? [phiC] : [])];
    this.parameters = all.flatMap(({ parameters }) => parameters);
    this.state = { z: [latent] };
    this.past = Object.fromEntries(
      Object.entries(this.layers.forward.stateSizes).map(([part, size]) => [part, [size]]),
    );
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

  /** φ(x), `[..., H]`. */
  features(net: Net, x: Observed): Tensors {
    return { x: net.keep("x", this.layers.phiX.apply(net, { x: this.ends.read(net, x) })) };
  }

  /** φ(c) of each step, `[..., H]`, where there are conditions. */
  given(net: Net, { condition }: Known): OverTime {
    const { phiC } = this.layers;
    if (phiC === undefined || condition === undefined) return { slices: {}, fixed: {} };
    const encoded = this.conditionEncoder.encode(condition.values, condition.mask);
    return { slices: { c: phiC.apply(net, { c: encoded }) }, fixed: {} };
  }

  /** d_{t+1} = f(d_t, φ(x_t)). */
  advance(net: Net, past: State, x: Tensors, given: Tensors): State {
    return this.layers.forward.step(net, { ...x, ...given }, past);
  }

  /** a_t = g(a_{t+1}, d_t, φ(x_t)); where nothing was observed, padding among it, a_t = a_{t+1}. `[T, ..., H]` */
  evidence(net: Net, { x, anything, past, given }: WholeSequences): OverTime {
    const { backward } = this.layers;
    const inputs = { x: part(x, "x"), d: part(past, "h"), ...given.slices };
    const rest = filledLike(firstOf(inputs.x), 0); // [..., H]
    const { outputs } = scan({
      state: Object.fromEntries(Object.keys(backward.stateSizes).map((part) => [part, rest])),
      over: { inputs, anything },
      reverse: true,
      step: (later, { inputs: slices, anything: isObserved }) => {
        const read = backward.step(net, slices, later);
        const state = Object.fromEntries(
          Object.entries(read).map(([name, value]) => [
            name,
            where(greater(isObserved, 0), value, part(later, name)),
          ]),
        );
        return { state, outputs: { a: part(state, "h") } };
      },
    });
    return { slices: outputs, fixed: {} };
  }

  /** The raw parameters of x_t | z_t, d_t. `[..., width]` */
  emissionParameters(net: Net, { z, ...context }: EmissionContext): Tensor {
    const hidden = this.layers.decoderHidden.apply(net, { ...z, ...visible(net, context) }); // [..., H]
    return this.ends.output.apply(net, { hidden: net.keep("decoder", hidden) });
  }

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
    const inputs = { z: part(state, "z"), ...read };
    return this.residual ? posterior.around(prior, net, inputs) : posterior.apply(net, inputs);
  }
}

/** What layers see of x's past and of what is known, `[..., H]` each. */
const visible = (net: Net, { state, given }: Pick<PriorContext, "state" | "given">): Tensors => ({
  d: net.keep("h", part(state, "h")),
  ...given,
});

interface Layers {
  readonly phiX: Hidden;
  /** Absent without conditions. */
  readonly phiC: Hidden | undefined;
  readonly forward: Cell;
  readonly backward: Cell;
  readonly prior: LatentNetwork;
  readonly posterior: LatentNetwork;
  readonly decoderHidden: Hidden;
}

interface LayerSizes {
  /** Of a step of data and of its condition, encoded. */
  readonly widths: { readonly x: number; readonly c: number };
  readonly hidden: number;
  readonly latent: number;
  readonly family: LatentFamily;
  readonly cell: CellName;
}

function layersOf({ widths, hidden, latent, family, cell }: LayerSizes): Layers {
  const known: Sizes = widths.c > 0 ? { c: hidden } : {};
  const layer = (name: string, inputs: Sizes) => new Hidden(name, inputs, hidden);
  const sizes = { hidden, latent, family };
  return {
    phiX: layer("phi_x", { x: widths.x }),
    phiC: widths.c > 0 ? layer("phi_c", { c: widths.c }) : undefined,
    forward: cells[cell]("forward", { x: hidden, ...known }, hidden),
    backward: cells[cell]("backward", { x: hidden, d: hidden, ...known }, hidden),
    prior: new LatentNetwork("prior", { inputs: { z: latent, d: hidden, ...known }, ...sizes }),
    posterior: new LatentNetwork("posterior", {
      inputs: { z: latent, x: hidden, a: hidden, d: hidden, ...known },
      ...sizes,
    }),
    decoderHidden: layer("decoder.hidden", { z: latent, d: hidden, ...known }),
  };
}
