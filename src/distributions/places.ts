/** Where the emissions of columns are put that are predicted from what was seen. */
import type { Column } from "../data/dataset.ts";
import type { Looking } from "../data/spreads.ts";
import { VrnnError } from "../errors.ts";
import {
  add,
  and,
  exp,
  greater,
  maximum,
  minimum,
  mul,
  sqrt,
  sub,
  type Tensor,
  where,
} from "../graph/index.ts";
import type { Centre, ReferenceName } from "./centres.ts";
import type { LastSeen, SeasonAgo } from "./emission.ts";
import { vector } from "./gaussian.ts";

/** The places of a centre, best first. */
export const placesOf = (centre: Centre): readonly Looking[] =>
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
      const name = nameOf(centre, each);
      const damping = vector(columns.map((column) => Math.log(Math.max(column.damping?.[name] ?? 1, FADED)))); // [D]
      const { value, known, growth } = referenceBy[each]({ seen, link, damping });
      const ratio = vector(columns.map((column) => spreadOf(column, name))); // [D]
      const spread = growth ? minimum(mul(ratio, growth), maximum(ratio, 1)) : ratio;
      return { value: where(known, value, fallback.value), spread: where(known, spread, fallback.spread) };
    },
    { value: mul(seen.value, 0), spread: add(mul(seen.value, 0), 1) },
  );
}

/** A share of this counts as none. */
const FADED = 1e-6;

interface Looked {
  readonly seen: LastSeen;
  readonly link: (values: Tensor) => Tensor;
  /** The logarithm of the share of how far the last value was from its own that is left after a step, `[D]`. */
  readonly damping: Tensor;
}

type References = Readonly<Record<ReferenceName, (looked: Looked) => Reference>>;

const referenceBy: References = {
  last: ({ seen: { value, age }, link }) => ({
    value: link(value),
    known: greater(age, 0),
    growth: sqrt(maximum(age, 1)),
  }),
  season: ({ seen, link }) => {
    const { now } = seasonOf(seen);
    return { value: link(now.value), known: greater(now.mask, 0) };
  },
  "season+last": ({ seen, link, damping }) => {
    const { now, ofLast } = seasonOf(seen);
    return {
      value: add(
        link(now.value),
        mul(exp(mul(seen.age, damping)), sub(link(seen.value), link(ofLast.value))),
      ),
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
