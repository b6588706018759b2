/**
 * The variational recurrent neural network: Chung, Kastner, Dinh, Goel, Courville, Bengio, "A Recurrent Latent
 * Variable Model for Sequential Data", NIPS 2015. Equation numbers are the paper's.
 */
import type { ConditionColumn, LabelSpan } from "../../data/dataset.ts";
import type { Emission } from "../../distributions/emission.ts";
import { type LatentFamilyName, latentFamilies } from "../../distributions/latent/families.ts";
import type { Tensor } from "../../graph/index.ts";
import type { CellName, State } from "../../nn/cells.ts";
import { Hidden } from "../../nn/hidden.ts";
import { InitialState } from "../../nn/initial-state.ts";
import type { Net } from "../../nn/net.ts";
import { type Parameter, rectifiedOver, type Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import { StackedCells } from "../../nn/stacked.ts";
import { type Ends, endsOf, type StepData } from "../ends.ts";
import { InputEncoder } from "../inputs.ts";
import { requireLatents } from "../latent-family.ts";
import type {
  EmissionContext,
  Known,
  LatentBlock,
  LatentModel,
  Observation,
  Observed,
  OverTime,
  PriorContext,
  Readout,
  SeasonPlaces,
  Shapes,
  Tensors,
  TransitionContext,
} from "../model.ts";
import { type ReadoutOptions, readouts } from "../readout.ts";
import { seasonPlaces } from "../seasons.ts";
import { noBag } from "./bag.ts";
import { LatentLayers, type LatentOptions } from "./latent.ts";
import type { PriorName } from "./prior.ts";
import { SequenceLatent } from "./sequence-latent.ts";

/** The shape of a VRNN. */
export type VrnnOptions = StepData & VrnnSizes;

/** What does not depend on the kind of data. */
export interface VrnnSizes {
  /** What is known beside the data; it is read by the prior, the posterior, the decoder and the recurrence. */
  readonly conditions?: readonly ConditionColumn[] | undefined;
  /** H: the width of hidden layers and of the recurrent state. */
  readonly hidden: number;
  /** Z: latent variables per step. Without any it is a recurrent network whose likelihood is exact. */
  readonly latent: number;
  /** The distribution of prior and posterior; `normal` unless told. */
  readonly latentFamily?: LatentFamilyName;
  /** Whether z is drawn anew at each step, or once for the whole sequence; at each `step` unless told. */
  readonly latentScope?: LatentScope;
  /** Whether z of a whole sequence of tokens also tells which it has; not unless told. */
  readonly bagOfWords?: boolean;
  /** `gru` unless told. */
  readonly cell?: CellName;
  /** Recurrent cells on top of each other; 1 unless told. */
  readonly layers?: number;
  /** Posterior mean = prior mean + correction, rather than a mean of its own; so unless told. */
  readonly residual?: boolean;
  /** `state` unless told; `standard` makes it the paper's VRNN-I. */
  readonly prior?: PriorName;
  /** Layer normalisation of hidden layers and gates; none unless told. */
  readonly layerNorm?: boolean;
  /** `zero` unless told; `learned` begins sequences in a state that is learned, from the conditions where there are any. */
  readonly initial?: InitialStateName;
  /** The label that is told, of the whole `sequence` unless it says of each `step`; none unless told. */
  readonly readout?: ReadoutOptions & { readonly over?: LabelSpan };
}

/** What latent variables are of: each step, or the whole sequence. */
export const latentScopes = ["step", "sequence"] as const;
/** What latent variables are of. */
export type LatentScope = (typeof latentScopes)[number];

/** Every way for a sequence to begin. */
export const initialStateNames = ["zero", "learned"] as const;
/** How sequences begin. */
export type InitialStateName = (typeof initialStateNames)[number];

/**
 * A VRNN for columns of data, or for tokens.
 *
 * @example
 * const model = new Vrnn({ columns, hidden: 64, latent: 16 });
 * model.state; // { h: [64] }
 * new Vrnn({ tokens: 69, embedding: 32, tied: true, hidden: 128, latent: 8 }).width; // 1, a token a step
 *
 * @throws VrnnError `distribution/...` when an output distribution does not fit the columns, `model/latents` when a
 * family is told of latent variables that it has none of.
 */
export class Vrnn implements LatentModel {
  readonly parameters: readonly Parameter[];
  readonly width: number;
  readonly observation?: Observation;
  readonly units: boolean;
  readonly state: Shapes;
  readonly latents: readonly LatentBlock[];
  readonly emission: Emission;
  readonly conditions: readonly ConditionColumn[];
  readonly seasons: SeasonPlaces | undefined;
  readonly dropoutSites: Sizes;
  readonly recurrentWeights: readonly string[];
  /** A state to begin with, of a model that learns one. */
  readonly initial?: NonNullable<LatentModel["initial"]>;
  readonly readout?: Readout & { readonly parameters: readonly Parameter[] };
  private readonly ends: Ends;
  private readonly conditionEncoder: InputEncoder;
  /** φ(x), section 3: layers that extract features. */
  private readonly phiX: Hidden;
  /** The same for what is known beside the data; absent without conditions. */
  private readonly phiC: Hidden | undefined;
  /** What posteriors read of whole sequences, where z is of the whole sequence. */
  readonly evidence?: NonNullable<LatentModel["evidence"]>;
  /** Of z of a whole sequence, where it is asked for. */
  readonly bagOfWords?: NonNullable<LatentModel["bagOfWords"]>;
  /** Absent without latent variables. */
  private readonly latent: LatentLayers | SequenceLatent | undefined;
  private readonly decoderHidden: Hidden;
  private readonly recurrence: StackedCells;

  constructor(options: VrnnOptions) {
    const { conditions = [], hidden, latent, cell = "gru", layers = 1, layerNorm = false } = options;
    // Of tokens what tells one from another must not fade on its way; models of columns begin as they always have.
    const begun = "tokens" in options ? { weights: rectifiedOver } : {};
    const layer = (name: string, inputs: Sizes) => new Hidden(name, inputs, hidden, layerNorm, begun);
    this.ends = endsOf(options);
    this.width = this.ends.width;
    if (this.ends.observation !== undefined) this.observation = this.ends.observation;
    this.units = "columns" in options && (options.units ?? false);
    this.emission = this.ends.emission;
    this.conditions = conditions;
    this.seasons =
      "columns" in options ? seasonPlaces(options.columns, conditions, options.center) : undefined;
    // The mask goes in always: a condition may be withheld, and the networks have to be told.
    this.conditionEncoder = new InputEncoder(conditions, true);
    const known: Sizes = conditions.length > 0 ? { c: hidden } : {};
    const visible: Sizes = { h: hidden, ...known };
    const drawn: Sizes = latent > 0 ? { z: hidden } : {};
    this.phiX = layer("phi_x", { x: this.ends.reads });
    this.phiC = conditions.length > 0 ? layer("phi_c", { c: this.conditionEncoder.width }) : undefined;
    const { prior = "state", latentFamily = "normal", latentScope = "step", residual = true } = options;
    requireLatents(latent, latentFamily);
    const family = latentFamilies[latentFamily];
    const see: LatentOptions["see"] = (net, context) => this.visible(net, context);
    const whole =
      latent > 0 && latentScope === "sequence"
        ? new SequenceLatent({ hidden, latent, family, cell, layerNorm, bag: bagTokens(options) })
        : undefined;
    if (whole !== undefined) this.evidence = (net, sequences) => whole.evidence(net, sequences);
    if (whole?.bagOfWords) this.bagOfWords = whole.bagOfWords;
    else if (options.bagOfWords) throw noBag(latent);
    this.latent =
      whole ??
      (latent > 0
        ? new LatentLayers({ visible, hidden, latent, family, prior, residual, layerNorm, see })
        : undefined);
    this.latents = this.latent === undefined ? [] : [this.latent.block];
    this.decoderHidden = layer("decoder.hidden", { ...drawn, ...visible });
    const moved = { x: hidden, ...drawn, ...known };
    this.recurrence = new StackedCells(cell, "cell", moved, hidden, { layers, layerNorm });
    this.recurrentWeights = this.recurrence.recurrentWeights;
    this.state = Object.fromEntries(
      Object.entries(this.recurrence.stateSizes).map(([part, size]) => [part, [size]]),
    );
    const initial =
      options.initial === "learned" ? new InitialState(known, this.recurrence.stateSizes) : undefined;
    if (initial !== undefined) this.initial = (net, { given }) => initial.apply(net, given);
    const { readout } = options;
    if (readout !== undefined)
      this.readout = new readouts[readout.over ?? "sequence"]("readout", this.recurrence.stateSizes, readout);
    const between = Array.from({ length: layers - 1 }, (_, place) => `between.${place}`);
    const sites = ["x", ...Object.keys(drawn), "h", "decoder", ...between];
    const ofWords = "tokens" in options ? { word: 1 } : {};
    this.dropoutSites = { ...Object.fromEntries(sites.map((site) => [site, hidden])), ...ofWords };
    const upTo = [this.ends, this.phiX, this.latent, this.decoderHidden, this.ends.output];
    const rest = [this.recurrence, this.phiC, initial, this.readout];
    this.parameters = [...upTo, ...rest].flatMap((part) => part?.parameters ?? []);
  }

  /** φ(x), `[..., H]`. */
  features(net: Net, x: Observed): Tensors {
    const read = this.ends.read(net, x); // [..., reads]
    const heard = "word" in this.dropoutSites ? net.keep("word", read) : read;
    const own = { x: net.keep("x", this.phiX.apply(net, { x: heard })) };
    return this.evidence === undefined ? own : { ...own, whole: this.phiX.apply(net, { x: read }) };
  }

  /** φ(c) of each step, `[..., H]`, where there are conditions. */
  given(net: Net, { condition }: Known): OverTime {
    if (this.phiC === undefined || condition === undefined) return { slices: {}, fixed: {} };
    const encoded = this.conditionEncoder.encode(condition.values, condition.mask);
    return { slices: { c: this.phiC.apply(net, { c: encoded }) }, fixed: {} };
  }

  /** The raw parameters of x | z ~ p(x; …), eq. (6). `[..., width]` */
  emissionParameters(net: Net, { z, ...context }: EmissionContext): Tensor {
    const inputs = { ...this.drawn(net, z), ...this.visible(net, context) };
    const hidden = this.decoderHidden.apply(net, inputs); // [..., H]
    return this.ends.output.apply(net, { hidden: net.keep("decoder", hidden) });
  }

  /** h' = f(φ(x), φ(z), h), eq. (7). */
  transition(net: Net, { state, x, z, given }: TransitionContext): State {
    return this.recurrence.step(net, { x: part(x, "x"), ...this.drawn(net, z), ...given }, state);
  }

  /** What the layers see of the past and of what is known: `h` and, with conditions, `c`, `[..., H]` each. */
  private visible(net: Net, { state, given }: Pick<PriorContext, "state" | "given">): Tensors {
    return { h: net.keep("h", this.recurrence.visible(state)), ...given };
  }

  /** φ(z), `[..., H]`, of a model that draws any. */
  private drawn(net: Net, z: Tensors): Tensors {
    return this.latent === undefined ? {} : { z: this.latent.features(net, z) };
  }
}

/** Of how many tokens a bag is told, where it is asked for. */
const bagTokens = (options: VrnnOptions): number | undefined =>
  options.bagOfWords && "tokens" in options ? options.tokens : undefined;
