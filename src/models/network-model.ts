/** What latent models of columns or tokens share whose distributions are told by networks. */
import type { ConditionColumn } from "../data/dataset.ts";
import type { Emission } from "../distributions/emission.ts";
import type { Tensor } from "../graph/index.ts";
import { Hidden } from "../nn/hidden.ts";
import type { Net } from "../nn/net.ts";
import type { Parameter, Sizes } from "../nn/parameters.ts";
import { type Ends, endsOf, type StepData } from "./ends.ts";
import { InputEncoder } from "./inputs.ts";
import type {
  EmissionContext,
  Known,
  LatentBlock,
  LatentModel,
  Observation,
  Observed,
  OverTime,
  SeasonPlaces,
  Shapes,
  Tensors,
  TransitionContext,
} from "./model.ts";
import { seasonPlaces } from "./seasons.ts";

/** What does not depend on the kind of data. */
export interface NetworkSizes {
  /** What is known beside the data; everything reads it. */
  readonly conditions?: readonly ConditionColumn[] | undefined;
  /** H: the width of hidden layers and of recurrent states. */
  readonly hidden: number;
}

/** What is a part of a model: what it trains. */
interface Trained {
  readonly parameters: readonly Parameter[];
}

/**
 * How a step of data is read, φ(x), what is known beside it, φ(c), and how a step's distribution is put. What is left to a
 * model: its latent variables, its state, and how both move.
 */
export abstract class NetworkModel implements LatentModel {
  abstract readonly parameters: readonly Parameter[];
  abstract readonly state: Shapes;
  abstract readonly latents: readonly LatentBlock[];
  abstract readonly dropoutSites: Sizes;
  readonly width: number;
  readonly observation?: Observation;
  readonly units: boolean;
  readonly emission: Emission;
  readonly conditions: readonly ConditionColumn[];
  readonly seasons: SeasonPlaces | undefined;
  /** The widths of what is known of each step: `{ c: H }`, or nothing. */
  protected readonly known: Sizes;
  private readonly ends: Ends;
  private readonly conditionEncoder: InputEncoder;
  private readonly phiX: Hidden;
  /** Absent without conditions. */
  private readonly phiC: Hidden | undefined;

  /** @throws VrnnError `distribution/...` when an output distribution does not fit the columns. */
  constructor(options: StepData & NetworkSizes) {
    const { conditions = [], hidden } = options;
    this.ends = endsOf(options);
    this.width = this.ends.width;
    if (this.ends.observation !== undefined) this.observation = this.ends.observation;
    this.units = "columns" in options && (options.units ?? false);
    this.emission = this.ends.emission;
    this.seasons =
      "columns" in options ? seasonPlaces(options.columns, conditions, options.center) : undefined;
    this.conditions = conditions;
    // The mask goes in always: a condition may be withheld, and the networks have to be told.
    this.conditionEncoder = new InputEncoder(conditions, true);
    this.known = conditions.length > 0 ? { c: hidden } : {};
    this.phiX = new Hidden("phi_x", { x: this.ends.reads }, hidden);
    this.phiC =
      conditions.length > 0 ? new Hidden("phi_c", { c: this.conditionEncoder.width }, hidden) : undefined;
  }

  abstract emissionParameters(net: Net, context: EmissionContext): Tensor;
  abstract transition(net: Net, context: TransitionContext): Tensors;

  /** φ(x), `[..., H]`. */
  features(net: Net, x: Observed): Tensors {
    return { x: net.keep("x", this.phiX.apply(net, { x: this.ends.read(net, x) })) };
  }

  /** φ(c) of each step, `[..., H]`, where there are conditions. */
  given(net: Net, { condition }: Known): OverTime {
    if (this.phiC === undefined || condition === undefined) return { slices: {}, fixed: {} };
    const encoded = this.conditionEncoder.encode(condition.values, condition.mask);
    return { slices: { c: this.phiC.apply(net, { c: encoded }) }, fixed: {} };
  }

  /** The raw parameters of the emission, `[..., width]`. @param hidden `[..., H]` */
  protected put(net: Net, hidden: Tensor): Tensor {
    return this.ends.output.apply(net, { hidden: net.keep("decoder", hidden) });
  }

  /** All that is trained: what reads data, what is the model's own, what writes. */
  protected around(own: readonly (Trained | undefined)[]): readonly Parameter[] {
    const parts = [this.ends, this.phiX, ...own, this.ends.output, this.phiC];
    return parts.flatMap((each) => each?.parameters ?? []);
  }
}

/** The shapes of parts of a state of given widths: `{ h: 64 }` to `{ h: [64] }`. */
export const shapesOf = (sizes: Sizes): Shapes =>
  Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, [size]]));
