/** Scale per series: each sequence by the mean and the deviation of its own first steps. */
import { everyNth, total } from "../collections.ts";
import { VrnnError } from "../errors.ts";
import { type Column, type Dataset, type Sequence, SPLIT_NAMES, type Units } from "./dataset.ts";
import { columnScaling, FARTHEST, isScaled, type Scaling } from "./scaling.ts";

/**
 * The units of a sequence: from step `steps` on, each real or quantised column is centred on its mean over the first
 * `steps` steps and divided by its deviation there. Those steps themselves keep the units of the columns. What scales a
 * value so depends on earlier values alone: the likelihood stays a density of the data, comparable with that of any other
 * scaling, and a forecast that sets out after these steps knows nothing of the future.
 *
 * A column whose first steps hold no two different values, or differ by less than a millionth of the deviation of the
 * whole column (nothing could be told apart from what follows), keeps the units of the column throughout.
 *
 * @param columns with the statistics of the training split
 * @example
 * seriesUnits({ name: "a", length: 4, values: Float64Array.of(9, 11, 30, 31) }, [load], 2);
 * // { shift: [10], scale: [1], from: 2 }
 */
export function seriesUnits(
  { length, values }: Pick<Sequence, "length" | "values">,
  columns: readonly Column[],
  steps: number,
): Units {
  const width = columns.length;
  const first = values.subarray(0, Math.min(length, steps) * width); // [≤ steps, D]
  const scalings = columns.map((column, d) => ownScaling(column, everyNth(first, d, width)));
  return {
    shift: Float64Array.from(scalings, ({ shift }) => shift),
    scale: Float64Array.from(scalings, ({ scale }) => scale),
    from: steps,
  };
}

function ownScaling(column: Column, first: Float64Array): Scaling {
  const usual = columnScaling(column);
  if (!isScaled(column)) return usual;
  const seen = first.filter((value) => !Number.isNaN(value));
  const shift = total(seen) / seen.length;
  // Scaled before they are squared, so that no size is too large for that.
  const squares = seen.map((value) => ((value - shift) / usual.scale) ** 2);
  const deviation = Math.sqrt(total(squares) / seen.length); // in deviations of the column
  return deviation * FARTHEST >= 1 ? { shift, scale: deviation * usual.scale } : usual;
}

/**
 * A data set of which each sequence is scaled by its own first steps (`seriesUnits`), for series of one shape and many
 * sizes. Of a series that is cut by time into splits the first steps are those of the first part. Without `steps` it stays as
 * it is.
 *
 * @throws VrnnError `data/scale-steps` for less than two steps, or where no column is scaled at all
 * @example
 * const data = scaleSeries(readDataset("meters.csv", { sequence: "meter" }), 48);
 * const model = new Vrnn({ columns: data.columns, hidden: 32, latent: 8, units: true });
 */
export function scaleSeries(data: Dataset, steps: number | undefined): Dataset {
  if (steps === undefined) return data;
  const { columns, splits } = data;
  if (!(Number.isInteger(steps) && steps >= 2))
    throw unfit(`${steps} steps tell no scale`, "give two or more");
  if (!columns.some(isScaled))
    throw unfit("no column is real or quantised, and others are not scaled", "leave it out");
  const all = SPLIT_NAMES.flatMap((split) => splits[split]);
  const own = (sequences: readonly Sequence[]) =>
    sequences.map((sequence) => ({ ...sequence, units: unitsWithin(sequence, all, columns, steps) }));
  return {
    ...data,
    splits: { train: own(splits.train), valid: own(splits.valid), test: own(splits.test) },
    scaleSteps: steps,
    notes: [...data.notes, ...notesOf(data, steps)],
  };
}

/** The units of a part of a series, which its first steps tell wherever they stand. */
function unitsWithin(
  sequence: Sequence,
  all: readonly Sequence[],
  columns: readonly Column[],
  steps: number,
): Units {
  const { name, offset = 0 } = sequence;
  const first = all.find((each) => each.name === name && (each.offset ?? 0) === 0);
  if (offset === 0 || first === undefined || first.length < steps)
    return seriesUnits(sequence, columns, steps);
  return { ...seriesUnits(first, columns, steps), from: Math.max(0, steps - offset) };
}

const unfit = (what: string, remedy: string): VrnnError =>
  new VrnnError("data/scale-steps", what, { at: "--scale-series", remedy });

/** Says which sequences are too short to have units of their own. */
function notesOf({ splits }: Dataset, steps: number): string[] {
  const all = Object.values(splits).flat();
  const short = all.filter(({ length }) => length <= steps).length;
  const how = `each sequence is scaled by its own first ${steps} steps, these by the columns' statistics`;
  const told = short === 0 ? how : `${how}; ${short} of ${all.length} have no more and keep those`;
  const { train } = splits;
  const isIdle = train.length > 0 && train.every(({ length }) => length <= steps);
  return isIdle
    ? [told, `no training sequence is longer than ${steps} steps: none is scaled by its own`]
    : [told];
}
