import type { Column } from "../data/dataset.ts";
import type { Tensor } from "../graph/index.ts";
import type { Parameter, Weights } from "../nn/parameters.ts";

/** Uniform and normal numbers that drawing one step takes. */
export interface Draws {
  /** `[..., uniforms]` in (0, 1). */
  readonly uniform: Tensor;
  /** `[..., normals]` */
  readonly normal: Tensor;
}

/**
 * How the values of a step are scaled, `[..., D]` each, where each sequence or step has units of its own: (value − shift) /
 * scale, and the width of a recorded cell in units of `scale`, 0 without a grid.
 */
export interface EmissionUnits {
  readonly shift: Tensor;
  readonly scale: Tensor;
  readonly cell: Tensor;
}

/** What was observed of some columns before a step, which the derivation keeps for emissions that lean on it. */
export interface LastSeen {
  /** `[..., D]`: the value of each column that was observed last; 0 before the first. */
  readonly value: Tensor;
  /**
   * `[..., D]`: how many steps ago that was, 1 where it was the step before; 0 before the first.
   *
   * @throws VrnnError `model/part` unless the emission says that it `readsAge`
   */
  readonly age: Tensor;
  /** What the columns were a season ago, where the model is told. */
  readonly season?: SeasonAgo | undefined;
}

/** What columns were a season before the step to come, and a season before the step at which each was seen last. */
export interface SeasonAgo {
  readonly now: KnownValues;
  readonly ofLast: KnownValues;
}

/** Values `[..., D]`, and where they are known: 1 there, else 0. */
export interface KnownValues {
  readonly value: Tensor;
  readonly mask: Tensor;
}

/** What was seen last, with each part changed when it is read. */
export const changedLast = (last: LastSeen, change: (part: Tensor) => Tensor): LastSeen => ({
  value: change(last.value),
  get age() {
    return change(last.age);
  },
  season: last.season && {
    now: changedValues(last.season.now, change),
    ofLast: changedValues(last.season.ofLast, change),
  },
});

const changedValues = ({ value, mask }: KnownValues, change: (part: Tensor) => Tensor): KnownValues => ({
  value: change(value),
  mask: change(mask),
});

/**
 * What an emission does with a row of which only some entries were observed:
 *
 * - `exact`: `logProbability` is that of the entries seen, the others summed or integrated out. So is it wherever entries
 *   are independent given the parameters.
 * - `sampled`: it tells of whole rows alone, by the chain rule over the entries in their order; draws of `complete` stand in
 *   the place of what is missing, and the probability is right on average. Particles draw, so they follow gaps; what
 *   draws nothing (training, scores, streams by the posterior) refuses such rows.
 * - `refuse`: whole rows alone, everywhere.
 */
export type MissingRule = "exact" | "sampled" | "refuse";

/**
 * The distribution of some columns given the output of a network. `raw` has `width` numbers per step; values `x` have
 * one per column, scaled as in a batch: a real or quantised column in deviations from its mean, a binary one as 0 or 1, a
 * categorical one as the index of its level, a count or a proportion as it is. Log-probabilities are of the recorded values (see `resolution.ts`).
 */
export interface Emission {
  /** How many numbers `raw` has. */
  readonly width: number;
  /** How many of them the network gives, where `recall` adds others; all unless told. */
  readonly outputs?: number;
  /** Where `raw` has the location of each column in the space of a link, so that it can be moved there; none unless told. */
  readonly link?: Link;
  /** How many draws of each kind a sample takes. */
  readonly uniforms: number;
  readonly normals: number;
  /** What it does with a row of which only some entries were observed. */
  readonly missing: MissingRule;
  /** The bias of the network's last layer that makes the untrained model fit the training statistics. */
  readonly initialBias: readonly number[];
  /** What is trained of the distribution itself, beside the network that it is told by; nothing unless told. */
  readonly parameters?: readonly Parameter[];
  /** The same distribution with parameters of its own in it, of those that have some. @param weight by dotted name */
  readonly bind?: (weight: Weights) => Emission;
  /**
   * The same distribution of values that are scaled by units of their own: log-probabilities are then of the values in the
   * units of the data, as they are without it. Absent: no column is scaled (levels, counts, shares).
   */
  readonly under?: (units: EmissionUnits) => Emission;
  /**
   * For distributions that lean on the past: turns what the network gave, `[..., outputs]`, into `raw`. Without it the
   * network gives `raw` itself.
   */
  readonly recall?: (output: Tensor, last: LastSeen) => Tensor;
  /** What networks read beside values of columns that are placed around what was seen before; nothing unless told. */
  readonly moved?: Moved;
  /** Whether `recall` reads the age of what was seen last, which is then kept; not unless told. */
  readonly readsAge?: boolean;
  /** Whether it reads what was a season ago, which is then asked for; not unless told. */
  readonly readsSeason?: boolean;
  /**
   * @param raw `[..., width]`
   * @param x `[..., D]`; any value of the support where nothing was observed
   * @param seen `[..., D]` bool: which entries were observed. What a joint distribution says of an entry depends on it.
   * @returns `[..., D]` nats per entry; anything where nothing was observed
   */
  logProbability(raw: Tensor, x: Tensor, seen: Tensor): Tensor;
  /** @param raw `[..., width]` @param temperature scalar: 1 draws from the distribution, less draws closer to its centre @returns `[..., D]` */
  sample(raw: Tensor, draws: Draws, temperature: Tensor): Tensor;
  /**
   * Draws of the missing entries given those that were observed, from as many random numbers as `sample`; of a `sampled`
   * emission each given the entries before it, drawn or seen. Absent: entries are independent given `raw`, so `sample`
   * draws them.
   *
   * @param x `[..., D]`; any value of the support where nothing was observed @param seen `[..., D]` bool
   * @returns `[..., D]`; anything where an entry was observed
   */
  complete?(raw: Tensor, x: Tensor, seen: Tensor, draws: Draws, temperature: Tensor): Tensor;
  /** @returns `[..., D]` the expected value (of a categorical column: the likeliest level) */
  mean(raw: Tensor): Tensor;
  /** P(X ≤ x) of each entry, where it has a closed form. @param raw `[..., width]` @param x `[..., D]` @returns `[..., D]` */
  readonly cdf?: (raw: Tensor, x: Tensor) => Tensor;
  /** KL(first ‖ second) of each column in nats, where it has a closed form. @param first `[..., width]` @param second `[..., width]` @returns `[..., D]` */
  readonly kl?: (first: Tensor, second: Tensor) => Tensor;
}

/** How far values lie from where their emission is placed: increments, in units of how far they spread. */
export interface Moved {
  /** How many of the columns are placed so. */
  readonly width: number;
  /** @param x `[..., D]` @param seen `[..., D]` bool @returns `[..., width]`; 0 where nothing was observed */
  of(x: Tensor, seen: Tensor, last: LastSeen): Tensor;
}

/** How many numbers an emission takes of the network. */
export const outputsOf = ({ width, outputs = width }: Emission): number => outputs;

/** The locations of all columns in the space of a link, such as the logarithm of a rate: `[at, at + D)` of `raw`. */
export interface Link {
  readonly at: number;
  /** How far values lie from the mean of training there. @param values `[..., D]` */
  beside(values: Tensor): Tensor;
}

/** Makes the distribution for columns of its kind. */
export type Family = (columns: readonly Column[]) => Emission;
