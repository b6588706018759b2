/** Ways to tell a column that are tried where nothing is said: by which distribution, around what. */
import type { Column, ColumnKind } from "../data/dataset.ts";
import type { Season } from "../data/seasons.ts";
import type { ModelOptions } from "../models/family.ts";

/** How a column may be told: by a distribution, around a place. */
export interface Way {
  readonly family: string;
  readonly center: string;
}

/** Distributions of a kind that are tried. */
interface Tried {
  /** Around the mean, and around the last value. */
  readonly plain: string;
  /** Around any place. */
  readonly anywhere: string;
  /** One that is of use around the mean alone. */
  readonly special: string;
  /** Of columns above 0, which may vary in proportion, around any place but the mean. */
  readonly sizes?: string;
}

const tried: Readonly<Partial<Record<ColumnKind, Tried>>> = {
  real: { plain: "gaussian", anywhere: "student-t", special: "persistent", sizes: "log-normal" },
  count: { plain: "poisson", anywhere: "negative-binomial", special: "zero-inflated-negative-binomial" },
  proportion: { plain: "beta", anywhere: "logit-normal", special: "zero-inflated-beta" },
};

/** Validation data of fewer seasons cannot tell a column that wanders from one that comes again, which it does in training. */
const FEWEST_SEASONS = 5;

/**
 * How a column may be told, the simpler ways first; nothing of a kind that has one way alone.
 *
 * @param seasons those of the column in the training data
 * @param judged how many steps of validation data there are
 */
export function waysOf(
  { kind, minimum }: Column,
  seasons: readonly Season[],
  judged: number,
): readonly Way[] {
  const families = tried[kind];
  if (families === undefined) return [];
  const { plain, anywhere, special, sizes } = families;
  const seasonal = seasons.flatMap(({ steps }) => [`season:${steps}`, `season:${steps}+last`]);
  const isClear = seasons.some(({ steps }) => judged < FEWEST_SEASONS * steps);
  const last = isClear ? [] : ["last"];
  const around = (family: string, centers: readonly string[]): Way[] =>
    centers.map((center) => ({ family, center }));
  return [
    ...around(plain, ["mean"]),
    ...around(anywhere, ["mean"]),
    ...around(plain, last),
    ...around(anywhere, [...last, ...seasonal]),
    ...(sizes !== undefined && minimum > 0 ? around(sizes, [...last, ...seasonal]) : []),
    ...around(special, ["mean"]),
  ];
}

/** The options of a model that say how its columns are told; those without a way as they are told anyway. */
export const optionsOf = (columns: readonly Column[], ways: readonly (Way | undefined)[]): ModelOptions => {
  const requests = (part: (way: Way) => string) =>
    columns.flatMap(({ name }, d) => (ways[d] === undefined ? [] : [`${name}=${part(ways[d])}`]));
  return { emission: requests(({ family }) => family), center: requests(({ center }) => center) };
};

/** A way in words. */
export const wayWords = ({ family, center }: Way): string =>
  center === "mean" ? family : `${family} around ${placeWords(center)}`;

function placeWords(center: string): string {
  if (center === "last") return "the last value";
  const [, steps, isRelative] = /^season:(\d+)(\+last)?$/.exec(center)!;
  const ago = `the value ${steps} steps ago`;
  return isRelative ? `${ago} and how far the last one was from its own` : ago;
}
