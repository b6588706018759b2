/**
 * A VRNN of where things go (Chung et al. 2015), told of what was seen of them and of those about them, with a posterior that has read
 * where they went, as in Xu, Hayet and Karamouzas, "SocialVAE: Human Trajectory Prediction using Timewise Latents" (ECCV 2022).
 */
import type { Column } from "../../data/dataset.ts";
import type { Emission } from "../../distributions/emission.ts";
import { type LatentFamilyName, latentFamilies } from "../../distributions/latent/families.ts";
import type { LatentFamily } from "../../distributions/latent/family.ts";
import { slice, squeeze, type Tensor, tanh, transpose } from "../../graph/index.ts";
import { AdditiveAttention, type AttentionMemory, withinLengths } from "../../nn/attention.ts";
import { GRU, type State } from "../../nn/cells.ts";
import { Hidden } from "../../nn/hidden.ts";
import { Linear } from "../../nn/linear.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part, partsOf } from "../../nn/parts.ts";
import { columnEnds, type Ends } from "../ends.ts";
import { requireLatents } from "../latent-family.ts";
import { LatentNetwork } from "../latent-network.ts";
import type {
  EmissionContext,
  Known,
  LatentBlock,
  LatentModel,
  Observed,
  OverTime,
  PosteriorContext,
  PriorContext,
  Tensors,
  TransitionContext,
  WholeSequences,
} from "../model.ts";
import { readBackwards } from "../read-backwards.ts";

/** The shape of a model of tracks. */
export interface TrajectoryOptions {
  /** The two columns of a move. */
  readonly columns: readonly Column[];
  /** E: how many numbers tell what was seen of an agent. */
  readonly seen: number;
  /** H: of hidden layers and of the state. */
  readonly hidden: number;
  /** Z: latent variables a step; 0: none, and the likelihood is exact. */
  readonly latent: number;
  /** Their distribution; normal unless told. */
  readonly latentFamily?: LatentFamilyName;
  /** The distribution of a move. */
  readonly emission: readonly string[];
  /** What a move is predicted from (`distributions/centres.ts`). */
  readonly center: readonly string[];
}

/**
 * A model of tracks. With m the memory of all agents seen, of which the first is the one whose track is told:
 * h₀ = tanh(W·own), c_t = attention(h_t; m), z_t | h_t, c_t, x_t | z_t, h_t, c_t, h_{t+1} = GRU(h_t; x_t, z_t, c_t); the posterior of z_t
 * also reads a_t = GRU(a_{t+1}; x_t), which runs backwards.
 *
 * @example
 * new Trajectory({ columns, seen: 40, hidden: 128, latent: 32, emission: ["bivariate"], center: ["last"] }).state;
 * // { h: [128], context: [128] }
 *
 * @throws VrnnError `distribution/...` when an output distribution does not fit the columns, `model/latents` when a family is told
 * of latent variables that it has none of.
 */
export class Trajectory implements LatentModel {
  readonly width: number;
  readonly inputs;
  readonly parameters: readonly Parameter[];
  readonly state;
  readonly latents: readonly LatentBlock[];
  readonly emission: Emission;
  readonly dropoutSites: Sizes;
  readonly recurrentWeights: readonly string[];
  /** Of a model with latent variables: what their posterior has read backwards. */
  readonly evidence?: NonNullable<LatentModel["evidence"]>;
  private readonly ends: Ends;
  private readonly layers: Layers;

  constructor(options: TrajectoryOptions) {
    const { columns, seen, hidden, latent, latentFamily = "normal", emission, center } = options;
    requireLatents(latent, latentFamily);
    const family = latentFamilies[latentFamily];
    this.ends = columnEnds(columns, hidden, { emission, center });
    this.width = this.ends.width;
    this.emission = this.ends.emission;
    this.inputs = {
      source: { field: "source", what: "values", dtype: "float32", shape: ["S", "B", seen] },
      lengths: { field: "source", what: "lengths", dtype: "int64", shape: ["B"] },
    } as const;
    this.layers = layersOf({ reads: this.ends.reads, seen, hidden, latent, family });
    this.state = { h: [hidden], context: [hidden] };
    const { drawn, reader } = this.layers;
    if (reader !== undefined)
      this.evidence = (net, { x, anything }: WholeSequences) => ({
        slices: { a: readBackwards(net, reader, { x: part(x, "x") }, anything) },
        fixed: {},
      });
    this.latents = drawn === undefined ? [] : [blockOf(drawn, latent, family.normals)];
    this.dropoutSites = { x: hidden, decoder: hidden };
    this.recurrentWeights = ["cell.h.weight"];
    const { drawn: _, ...plain } = this.layers;
    const parts = [this.ends, ...Object.values(plain), ...Object.values(drawn ?? {}), this.ends.output];
    this.parameters = parts.flatMap((each) => each?.parameters ?? []);
  }

  /** What was seen of everybody as a memory `[B, S, H]`, and of the agent itself, `[B, H]`. */
  given(net: Net, { inputs }: Known): OverTime {
    const { own, others, attention } = this.layers;
    const [source, lengths] = [part(inputs, "source"), part(inputs, "lengths")]; // [S, B, E], [B]
    const first = squeeze(slice(source, 0, 0, 1), 0); // [B, E]
    const memory = transpose(others.apply(net, { seen: source }), [1, 0, 2]); // [B, S, H]
    const present = withinLengths(lengths, source.shape[0]!); // [B, S]
    return {
      slices: {},
      fixed: { own: own.apply(net, { seen: first }), ...attention.prepare(net, memory, present) },
    };
  }

  initial(net: Net, { given }: Pick<PriorContext, "given">): State {
    const h = tanh(this.layers.first.apply(net, { own: part(given, "own") })); // [..., H]
    return this.looking(net, h, given);
  }

  /** φ(x), `[..., H]`. */
  features(net: Net, x: Observed): Tensors {
    return { x: net.keep("x", this.layers.phiX.apply(net, { x: this.ends.read(net, x) })) };
  }

  /** `[..., outputs of the emission]` */
  emissionParameters(net: Net, { state, z }: EmissionContext): Tensor {
    const hidden = this.layers.decoder.apply(net, { ...visible(state), ...this.drawnOf(net, z) }); // [..., H]
    return this.ends.output.apply(net, { hidden: net.keep("decoder", hidden) });
  }

  transition(net: Net, { state, x, z, given }: TransitionContext): State {
    const inputs = { x: part(x, "x"), context: part(state, "context"), ...this.drawnOf(net, z) };
    const { h } = this.layers.cell.step(net, inputs, state);
    return this.looking(net, h!, given);
  }

  attentionWeights(net: Net, { state, given }: Pick<PriorContext, "state" | "given">): Tensor {
    return this.layers.attention.read(net, part(state, "h"), memoryIn(given)).shares;
  }

  /** A state with what it finds among those that were seen. */
  private looking(net: Net, h: Tensor, given: Tensors): State {
    return { h, context: this.layers.attention.read(net, h, memoryIn(given)).context };
  }

  /** φ(z), `[..., H]`, of a model that draws any. */
  private drawnOf(net: Net, z: Tensors): Tensors {
    const { drawn } = this.layers;
    return drawn === undefined ? {} : { z: drawn.phiZ.apply(net, { z: part(z, "z") }) };
  }
}

/** What prior, posterior and emission see of the past. */
const visible = (state: State): Tensors => partsOf(state, ["h", "context"]);

const memoryIn = (given: Tensors): AttentionMemory =>
  partsOf(given, ["memory", "keys", "present"]) as unknown as AttentionMemory;

const blockOf = ({ prior, posterior }: Drawn, latent: number, normals: number): LatentBlock => ({
  name: "z",
  shape: [latent],
  at: "step",
  normals,
  prior: (net, { state }) => prior.apply(net, visible(state)),
  posterior: (net, { state, evidence, prior: base }: PosteriorContext) =>
    posterior.around(base, net, { a: part(evidence, "a"), ...visible(state) }),
});

/** The layers of the latent variables. */
type Drawn = ReturnType<typeof drawnOf>;
type Layers = ReturnType<typeof layersOf>;

interface Widths extends Pick<TrajectoryOptions, "seen" | "hidden" | "latent"> {
  /** What is read of a step. */
  readonly reads: number;
  readonly family: LatentFamily;
}

function layersOf({ reads, seen, hidden, latent, family }: Widths) {
  const drawn = latent > 0 ? drawnOf({ hidden, latent, family }) : undefined;
  const z: Sizes = drawn === undefined ? {} : { z: hidden };
  const sees = { h: hidden, context: hidden };
  return {
    own: stacked("own", seen, hidden),
    others: new Hidden("others", { seen }, hidden),
    attention: new AdditiveAttention("attention", { query: hidden, memory: hidden }, ATTENDING),
    first: new Linear("first", { own: hidden }, hidden),
    phiX: new Hidden("phi_x", { x: reads }, hidden),
    reader: drawn === undefined ? undefined : new GRU("reader", { x: hidden }, hidden),
    decoder: new Hidden("decoder", { ...sees, ...z }, hidden),
    cell: new GRU("cell", { x: hidden, context: hidden, ...z }, hidden),
    drawn,
  };
}

/** The width in which states and agents are compared. */
const ATTENDING = 32;

/** Two hidden layers. */
function stacked(name: string, seen: number, hidden: number) {
  const [first, second] = [
    new Hidden(`${name}.0`, { seen }, hidden),
    new Hidden(`${name}.1`, { seen: hidden }, hidden),
  ];
  return {
    parameters: [first, second].flatMap(({ parameters }) => parameters),
    apply: (net: Net, x: { readonly seen: Tensor }) => second.apply(net, { seen: first.apply(net, x) }),
  };
}

function drawnOf(sizes: Pick<Widths, "hidden" | "latent" | "family">) {
  const { hidden, latent } = sizes;
  const sees = { h: hidden, context: hidden };
  return {
    prior: new LatentNetwork("prior", { inputs: sees, ...sizes }),
    posterior: new LatentNetwork("posterior", { inputs: { a: hidden, ...sees }, ...sizes }),
    phiZ: new Hidden("phi_z", { z: latent }, hidden),
  };
}
