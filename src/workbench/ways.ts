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
  /** Around the mean of training alone, the first around the last value as well. */
  readonly plain: readonly string[];
  /** Around any place. */
  readonly anywhere: string;
  /** Of columns above 0, which may vary in proportion, around any place but the mean. */
  readonly sizes?: string;
}

const tried: Readonly<Partial<Record<ColumnKind, Tried>>> = {
  real: { plain: ["gaussian", "persistent"], anywhere: "student-t", sizes: "log-normal" },
  count: { plain: ["poisson", "zero-inflated-negative-binomial"], anywhere: "negative-binomial" },
  proportion: { plain: ["beta", "zero-inflated-beta"], anywhere: "logit-normal" },
};

/** How a column may be told, the simpler ways first; nothing of a kind that has one way alone. */
export function waysOf({ kind, minimum }: Column, seasons: readonly Season[]): readonly Way[] {
  const families = tried[kind];
  if (families === undefined) return [];
  const { plain, anywhere, sizes } = families;
  const back = ["last", ...seasons.flatMap(({ steps }) => [`season:${steps}`, `season:${steps}+last`])];
  const around = (family: string, centers: readonly string[]): Way[] =>
    centers.map((center) => ({ family, center }));
  return [
    ...plain.flatMap((family) => around(family, ["mean"])),
    ...around(anywhere, ["mean"]),
    ...around(plain[0]!, ["last"]),
    ...around(anywhere, back),
    ...(sizes !== undefined && minimum > 0 ? around(sizes, back) : []),
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
