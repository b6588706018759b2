/** Emissions that are placed around what was seen before, not around the mean of training. */
import type { Column } from "../data/dataset.ts";
import { isScaled } from "../data/scaling.ts";
import { VrnnError } from "../errors.ts";
import { sameShape } from "../graph/dims.ts";
import {
  add,
  clamp,
  concat,
  div,
  expand,
  mul,
  slice,
  split,
  sub,
  type Tensor,
  where,
} from "../graph/index.ts";
import type { Centre } from "./centres.ts";
import type { Draws, Emission, EmissionUnits, Family, LastSeen, Link, Moved } from "./emission.ts";
import { unitVectors } from "./gaussian.ts";
import { placeOf } from "./places.ts";

/**
 * A family around a centre that looks back. Scaled columns are told by their distance from it, in units of how far they
 * spread around it: p((x − place)/spread)/spread, a density (on a grid, a mass) of the value itself. Columns with a link
 * have the place added to their location, in link space.
 *
 * @throws VrnnError `distribution/centre` for a family that leans on the past itself, or has no place to be put
 */
export const centred =
  (family: Family, centre: Centre): Family =>
  (columns) => {
    const plain = family(columns);
    const { link, recall, under } = plain;
    if (recall !== undefined) throw unplaced(centre, columns, "it leans on what was seen before itself");
    if (link !== undefined)
      return aroundLinked(inUnits(columns, family(columns.map(ofSpread(centre)))), link, columns, centre);
    if (under === undefined || !columns.every(isScaled))
      throw unplaced(centre, columns, "it has no place to move");
    const distances = columns.map((column) => ({ ...ofSpread(centre)(column), mean: 0 }));
    return aroundScaled(family(distances), columns, centre, unitVectors(columns));
  };

const unplaced = ({ name }: Centre, columns: readonly Column[], why: string): VrnnError =>
  new VrnnError(
    "distribution/centre",
    `the distribution of "${columns[0]?.name}" cannot be put around ${name}: ${why}`,
    {
      remedy: "predict it from its mean (--center mean), or choose another distribution",
    },
  );

/** The column as it spreads around a centre: what it begins with fits that. */
const ofSpread =
  ({ name }: Centre) =>
  (column: Column): Column => ({
    ...column,
    standardDeviation: column.spreads?.[name] ?? column.standardDeviation,
  });

/** The emission of columns that spread otherwise, in the units of these. */
const inUnits = (columns: readonly Column[], emission: Emission): Emission =>
  emission.under?.(unitVectors(columns)) ?? emission;

/** What a value is scaled by and how wide its cell is then, `[D]` or `[..., D]`. */
type Scaled = Pick<EmissionUnits, "scale" | "cell">;

/** `raw` is [the family's | places | spreads]. */
function aroundScaled(own: Emission, columns: readonly Column[], centre: Centre, units: Scaled): Emission {
  const size = columns.length;
  const at = (raw: Tensor) => {
    const [given, place, spread] = split(raw, [own.width, size, size]) as [Tensor, Tensor, Tensor];
    const scaled = { shift: place, scale: mul(units.scale, spread), cell: div(units.cell, spread) };
    return {
      given,
      emission: own.under!(scaled),
      distance: (x: Tensor) => div(sub(x, place), spread), // [..., D]
      back: (distance: Tensor) => add(place, mul(spread, distance)), // [..., D]
    };
  };
  const { cdf, complete, kl: _, ...rest } = own;
  return {
    ...rest,
    width: own.width + 2 * size,
    outputs: own.width,
    ...readings(centre),
    recall: (output, last) => {
      const { value, spread } = placeOf(centre, columns, last);
      return concat([output, besideEach(output, value), besideEach(output, spread)]);
    },
    moved: movedBy(size, (x, last) => {
      const { value, spread } = placeOf(centre, columns, last);
      return div(sub(x, value), spread);
    }),
    under: ({ scale, cell }) => aroundScaled(own, columns, centre, { scale, cell }),
    logProbability: (raw, x, seen) => {
      const { given, emission, distance } = at(raw);
      return emission.logProbability(given, distance(x), seen);
    },
    sample: (raw, draws, temperature) => {
      const { given, emission, back } = at(raw);
      return back(emission.sample(given, draws, temperature));
    },
    mean: (raw) => {
      const { given, emission, back } = at(raw);
      return back(emission.mean(given));
    },
    ...(complete && {
      complete: (raw: Tensor, x: Tensor, seen: Tensor, draws: Draws, temperature: Tensor) => {
        const { given, emission, distance, back } = at(raw);
        return back(emission.complete!(given, distance(x), seen, draws, temperature));
      },
    }),
    ...(cdf && {
      cdf: (raw: Tensor, x: Tensor) => {
        const { given, emission, distance } = at(raw);
        return emission.cdf!(given, distance(x));
      },
    }),
  };
}

/** Of particles that share what was seen last: a copy for each. @param output `[..., N, ·]` @param shared `[..., N or 1, D]` */
function besideEach(output: Tensor, shared: Tensor): Tensor {
  const shape = [...output.shape.slice(0, -1), shared.shape[shared.rank - 1]!];
  return sameShape(shape, shared.shape) ? shared : expand(shared, shape);
}

const readings = ({ season }: Centre): Pick<Emission, "readsAge" | "readsSeason"> => ({
  readsAge: true,
  ...(season !== undefined && { readsSeason: true }),
});

/** Farther than so many spreads a network need not tell distances apart. */
const FARTHEST_MOVE = 20;

const movedBy = (width: number, distance: (x: Tensor, last: LastSeen) => Tensor): Moved => ({
  width,
  of: (x, seen, last) => where(seen, clamp(distance(x, last), -FARTHEST_MOVE, FARTHEST_MOVE), 0),
});

/** `raw` is the family's: the place is added to its location, as far as it is from that of the mean. */
function aroundLinked(own: Emission, link: Link, columns: readonly Column[], centre: Centre): Emission {
  const size = columns.length;
  const { under } = own;
  const beside = (values: Tensor) => link.beside(values);
  return {
    ...own,
    ...readings(centre),
    moved: movedBy(size, (x, last) => sub(beside(x), placeOf(centre, columns, last, beside).value)),
    recall: (output, last) => {
      const { value } = placeOf(centre, columns, last, beside);
      const [before, location, after] = aroundLocation(output, link.at, size);
      return concat([...before, add(location, value), ...after]);
    },
    ...(under && {
      under: (units: EmissionUnits) => {
        const moved = under(units);
        return aroundLinked(moved, moved.link ?? link, columns, centre);
      },
    }),
  };
}

/** What stands before the locations, these, and what stands behind. */
function aroundLocation(raw: Tensor, at: number, size: number): readonly [Tensor[], Tensor, Tensor[]] {
  const width = raw.shape[raw.rank - 1] as number;
  const part = (from: number, to: number) => (to > from ? [slice(raw, raw.rank - 1, from, to)] : []);
  return [part(0, at), slice(raw, raw.rank - 1, at, at + size), part(at + size, width)];
}
