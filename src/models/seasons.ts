/** What is given of a season ago: the values of columns that are predicted from it, among the conditions of a model. */
import type { Column, ConditionColumn } from "../data/dataset.ts";
import { isLag } from "../data/derived/derived-column.ts";
import { columnScaling, type Scaling } from "../data/scaling.ts";
import type { EmissionUnits, KnownValues } from "../distributions/emission.ts";
import { centreChoices } from "../distributions/requests.ts";
import { VrnnError } from "../errors.ts";
import { concat, constant, filledLike, slice, type Tensor } from "../graph/index.ts";
import { rescaled } from "./last.ts";
import type { Known, Model, SeasonPlaces } from "./model.ts";

/**
 * The places of what columns were a season ago; undefined where none is predicted from it.
 *
 * @throws VrnnError `distribution/season` where a column is, and no condition is that
 */
export function seasonPlaces(
  columns: readonly Column[],
  conditions: readonly ConditionColumn[],
  center: readonly string[] = [],
): SeasonPlaces | undefined {
  const centreOf = centreChoices(columns, center);
  const places = columns.map((column) => {
    const { season } = centreOf(column);
    if (season === undefined) return undefined;
    const place = conditions.findIndex(
      (each) => isLag(each) && each.derived.of === column.name && each.derived.steps === season,
    );
    if (place < 0) throw untold(column, season);
    return { place, scaling: columnScaling(column) };
  });
  return places.some((place) => place !== undefined) ? places : undefined;
}

const untold = ({ name }: Column, season: number): VrnnError =>
  new VrnnError("distribution/season", `no condition says what "${name}" was ${season} steps ago`, {
    at: "center",
    remedy: "add it to the data (`withLags`), or predict from mean or last",
  });

/**
 * What columns were a season before some steps; undefined of a model that asks for nothing of that.
 *
 * @param units of the steps, where sequences have their own
 */
export function seasonAgo(
  { seasons }: Model,
  { condition }: Known,
  units?: EmissionUnits,
): KnownValues | undefined {
  if (seasons === undefined || condition === undefined) return undefined;
  const picked = (from: Tensor) => {
    const none = filledLike(slice(from, from.rank - 1, 0, 1), 0);
    return concat(seasons.map((at) => (at ? slice(from, from.rank - 1, at.place, at.place + 1) : none))); // [..., D]
  };
  const value = picked(condition.values);
  return { value: units ? inUnits(value, seasons, units) : value, mask: picked(condition.mask) };
}

/** Values that are scaled by the columns' statistics, in the units of their step. */
function inUnits(value: Tensor, seasons: SeasonPlaces, units: EmissionUnits): Tensor {
  const usual = { shift: 0, scale: 1 };
  const each = (part: keyof Scaling) =>
    constant(
      seasons.map((at) => (at?.scaling ?? usual)[part]),
      [seasons.length],
    );
  return rescaled(value, { shift: each("shift"), scale: each("scale") }, units);
}
