/** What the emission of a column is placed around: the mean of training, the value seen last, the value a season ago. */
import type { Column } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { add, and, greater, maximum, minimum, mul, sqrt, sub, type Tensor, where } from "../graph/index.ts";
import type { LastSeen, SeasonAgo } from "./emission.ts";
import { vector } from "./gaussian.ts";

/** What a column is predicted from. */
export interface Centre {
  /** As it is written: `last`, `season:24`, `season:24+last`. */
  readonly name: string;
  /** How many steps a season has, of a centre that looks back by one. */
  readonly season?: number;
  /** What it is placed around, best first: where the first is not known the next one stands in. */
  readonly references: readonly ReferenceName[];
}

/** A place that an emission may be put around. */
type ReferenceName = "last" | "season" | "season+last";

/** The mean of training: nothing is looked back at. */
export const MEAN: Centre = { name: "mean", references: [] };
const LAST: Centre = { name: "last", references: ["last"] };

/**
 * Reads what a column is predicted from.
 *
 * @throws VrnnError `distribution/centre`
 * @example
 * centreOf("season:24"); // { name: "season:24", season: 24, references: ["season", "last"] }
 */
export function centreOf(name: string): Centre {
  if (name === MEAN.name) return MEAN;
  if (name === LAST.name) return LAST;
  const [, steps, isRelative] = /^season:(\d{1,7})(\+last)?$/.exec(name) ?? [];
  const season = Number(steps);
  if (!(season >= 2))
    throw new VrnnError("distribution/centre", `nothing is predicted from "${name}"`, {
      remedy: "choose mean, last, season:<steps> or season:<steps>+last, with two steps or more",
    });
  return { name, season, references: isRelative ? ["season+last", "season", "last"] : ["season", "last"] };
}

/** A place that a centre looks back at, by the name under which columns keep how far they spread around it. */
export interface LookedBack {
  readonly name: string;
  /** How many steps a season has, of a place that looks back by one. */
  readonly season?: number | undefined;
  /** Whether it looks at the change over the last step as well. */
  readonly isRelative?: boolean;
}

/** The places of a centre, best first. */
export const placesOf = (centre: Centre): readonly LookedBack[] =>
  centre.references.map((reference) => ({
    name: nameOf(centre, reference),
    ...(reference !== "last" && { season: centre.season }),
    ...(reference === "season+last" && { isRelative: true }),
  }));

/** Where an emission is put, in the units of a step, `[..., D]` each; 0 and 1 where nothing is known. */
export interface Place {
  readonly value: Tensor;
  /** How far values spread around it, beside how far they spread around the mean. */
  readonly spread: Tensor;
}

/** One thing that is looked back at: where that is, and whether it is known. */
interface Reference {
  readonly value: Tensor;
  readonly known: Tensor;
  /** By how much less is known of it than after one step: the root of the steps since. */
  readonly growth?: Tensor;
}

/**
 * The place of each column's emission.
 *
 * @param link what turns values into those that places are differences of; as they are unless told
 */
export function placeOf(
  centre: Centre,
  columns: readonly Column[],
  seen: LastSeen,
  link: (values: Tensor) => Tensor = (values) => values,
): Place {
  return centre.references.reduceRight<Place>(
    (fallback, each) => {
      const { value, known, growth } = referenceBy[each](seen, link);
      const ratio = vector(columns.map((column) => spreadOf(column, nameOf(centre, each)))); // [D]
      const spread = growth ? minimum(mul(ratio, growth), maximum(ratio, 1)) : ratio;
      return { value: where(known, value, fallback.value), spread: where(known, spread, fallback.spread) };
    },
    { value: mul(seen.value, 0), spread: add(mul(seen.value, 0), 1) },
  );
}

type References = Readonly<
  Record<ReferenceName, (seen: LastSeen, link: (values: Tensor) => Tensor) => Reference>
>;

const referenceBy: References = {
  last: ({ value, age }, link) => ({
    value: link(value),
    known: greater(age, 0),
    growth: sqrt(maximum(age, 1)),
  }),
  season: (seen, link) => {
    const { now } = seasonOf(seen);
    return { value: link(now.value), known: greater(now.mask, 0) };
  },
  "season+last": (seen, link) => {
    const { now, ofLast } = seasonOf(seen);
    return {
      value: add(link(now.value), sub(link(seen.value), link(ofLast.value))),
      known: and(greater(seen.age, 0), greater(mul(now.mask, ofLast.mask), 0)),
    };
  },
};

function seasonOf({ season }: LastSeen): SeasonAgo {
  if (season !== undefined) return season;
  throw new VrnnError("distribution/season", "the model is not told what was a season ago", {
    at: "center",
    remedy: "read the data with that season (`seasonal`), or predict from mean or last",
  });
}

const nameOf = ({ season }: Centre, reference: ReferenceName): string =>
  reference === "last" ? "last" : reference.replace("season", `season:${season}`);

/** How far a column spreads around a place, in its deviations: 1 unless training told. */
const spreadOf = ({ spreads, standardDeviation }: Column, name: string): number => {
  const spread = spreads?.[name];
  return spread !== undefined && spread > 0 && standardDeviation > 0 ? spread / standardDeviation : 1;
};
