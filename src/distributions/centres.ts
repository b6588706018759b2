/** What the emission of a column is placed around: the mean of training, the value seen last, the value a season ago. */
import { VrnnError } from "../errors.ts";

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
export type ReferenceName = "last" | "season" | "season+last";

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
