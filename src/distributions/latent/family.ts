/** How a family of distributions of latent variables is made of what is its own. */
import { paired } from "../../collections.ts";
import { VrnnError } from "../../errors.ts";
import {
  add,
  filledLike,
  greater,
  mul,
  type Shape,
  softplus,
  split,
  sub,
  type Tensor,
  type TensorType,
  where,
} from "../../graph/index.ts";
import { inverseSoftplus } from "../gaussian.ts";
import type { LatentDistribution } from "./distribution.ts";

/** What is a family's own, given its parameters. */
export interface LatentMoments {
  /** `[..., Z]` */
  readonly standardDeviation: Tensor;
  /** z − mean of a draw, `[..., Z]`. @param normals standard normal numbers, `[..., Z]` each */
  deviate(...normals: Tensor[]): Tensor;
  /** The log density of each entry, `[..., Z]`. */
  logProb(z: Tensor): Tensor;
}

/** What a family states. Its first parameter is the mean; the others come unbounded, as a network gives them. */
export interface LatentFormula<Own extends LatentMoments> {
  /** How many standard normal numbers the draw of one variable takes. */
  readonly normals: number;
  /** The parameters beside the mean of a variable of scale 1. */
  readonly standard: readonly number[];
  /** The distribution with some parameters. @param mean `[..., Z]`, as are the others */
  of(mean: Tensor, ...raw: Tensor[]): Own;
  /** KL(first ‖ second) in nats, `[..., Z]`; absent: it has no closed form. */
  kl?(first: LatentMember<Own>, second: LatentMember<Own>): Tensor;
}

/** A distribution of some family. */
export type LatentMember<Own extends LatentMoments> = Required<LatentDistribution> & Own;

/** A family of distributions of latent variables. */
export interface LatentFamily<Own extends LatentMoments = LatentMoments> {
  /** How many standard normal numbers the draw of one variable takes. */
  readonly normals: number;
  /** How many numbers of a network say how one variable is distributed. */
  readonly parameters: number;
  /** The distribution with some parameters. @param mean `[..., Z]`, as are the others, unbounded */
  of(mean: Tensor, ...raw: Tensor[]): LatentMember<Own>;
  /**
   * The same around the mean of another distribution: μ = μ₀ + δ, a posterior as a correction of its prior (Fraccaro et
   * al. 2016, eq. 14). Where nothing is observed the correction is 0.
   *
   * @param correction δ, `[..., Z]`
   */
  around(base: Pick<LatentDistribution, "mean">, correction: Tensor, ...raw: Tensor[]): LatentMember<Own>;
  /** Mean 0 and scale 1. @param type `[..., Z]` */
  standard(type: TensorType): LatentMember<Own>;
}

/** The least scale of a latent variable. */
const LEAST_SCALE = 1e-4;

/** A positive scale from an unbounded number. */
export const scaleOfRaw = (rawScale: Tensor): Tensor => add(softplus(rawScale), LEAST_SCALE);

/** The raw scale of a scale of 1. */
export const rawUnitScale = inverseSoftplus(1 - LEAST_SCALE);

/**
 * Makes a family: draws, temperature, corrections of a prior, and choices between posterior and prior.
 *
 * @example
 * const normals = latentFamily({ normals: 1, standard: [rawUnitScale], of: (mean, rawScale) => … });
 * normals.of(mean, rawScale).sample(noise); // [..., Z]
 *
 * @throws VrnnError `distribution/parameters` when it is given another number of parameters than it has, `model/noise` when
 * a draw is given fewer normal numbers than it takes
 */
export function latentFamily<Own extends LatentMoments>(formula: LatentFormula<Own>): LatentFamily<Own> {
  const { normals, standard } = formula;
  const rawOf = new WeakMap<LatentDistribution, readonly Tensor[]>();
  const isMember = (other: LatentDistribution): other is LatentMember<Own> => rawOf.has(other);

  type MeanOrElse = (anything: Tensor, other: LatentDistribution) => Tensor;
  const make = (mean: Tensor, raw: readonly Tensor[], meanOrElse: MeanOrElse): LatentMember<Own> => {
    requireCount(raw, standard.length);
    const own = formula.of(mean, ...raw);
    const member: LatentMember<Own> = {
      ...own,
      mean,
      normals,
      sample: (noise, temperature) => {
        const deviate = own.deviate(...numbersOf(noise, mean, normals)); // [..., Z]
        return add(mean, temperature === undefined ? deviate : mul(deviate, temperature));
      },
      kl: (other) => (isMember(other) ? formula.kl?.(member, other) : undefined),
      orElse: (anything, other) => {
        const others = rawOf.get(other);
        if (others === undefined) return undefined;
        const nothing = sub(1, anything); // [..., 1]
        const chosen = paired(raw, others).map(([part, instead]) =>
          add(mul(anything, part), mul(nothing, instead)),
        );
        return of(meanOrElse(anything, other), ...chosen);
      },
    };
    rawOf.set(member, raw);
    return member;
  };
  const of = (mean: Tensor, ...raw: Tensor[]): LatentMember<Own> =>
    make(mean, raw, (anything, other) => where(greater(anything, 0), mean, other.mean));

  return {
    normals,
    parameters: 1 + standard.length,
    of,
    around: (base, correction, ...raw) =>
      make(add(base.mean, correction), raw, (anything, other) => add(other.mean, mul(anything, correction))),
    standard: (type) => of(filledLike(type, 0), ...standard.map((raw) => filledLike(type, raw))),
  };
}

/** The first n numbers of each variable, `[..., Z]` each. @param noise `[..., m·Z]`, m ≥ n */
function numbersOf(noise: Tensor, { shape }: Tensor, normals: number): readonly Tensor[] {
  const last = (dims: Shape): number => dims[dims.length - 1] as number;
  const [width, all] = [last(shape), last(noise.shape)];
  if (all < normals * width) throw tooFewNumbers(all, normals * width);
  return width === all ? [noise] : split(noise, Array<number>(all / width).fill(width)).slice(0, normals);
}

const tooFewNumbers = (given: number, needed: number): VrnnError =>
  new VrnnError("model/noise", `a draw takes ${needed} normal numbers, not ${given}`, {
    at: "a distribution of latent variables",
    remedy: "give as many as its `normals` say for each variable",
  });

function requireCount(raw: readonly Tensor[], count: number): void {
  if (raw.length === count) return;
  throw new VrnnError(
    "distribution/parameters",
    `${raw.length + 1} parameters were given, not ${count + 1}`,
    {
      at: "a distribution of latent variables",
      remedy: "cut the output of the network into as many parts as the family has `parameters`",
    },
  );
}
