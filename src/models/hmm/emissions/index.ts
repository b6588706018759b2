/** Every distribution that expectation maximisation fits, by its name: a row each. */
import { groupBy, own } from "../../../collections.ts";
import type { Column } from "../../../data/dataset.ts";
import { VrnnError } from "../../../errors.ts";
import { bernoulliFit } from "./bernoulli.ts";
import { categoricalFit } from "./categorical.ts";
import type { ColumnFitOf, EmissionFit } from "./fit.ts";
import { fullFit } from "./full.ts";
import { mixtureFit } from "./mixture.ts";
import { normal } from "./normal.ts";
import { poissonFit } from "./poisson.ts";

/** Columns that are fitted together: which they are, and where their raw weights lie in those of a state. */
export interface FittedColumns {
  /** Their places among the columns of the data. */
  readonly columns: readonly number[];
  /** `[R]` */
  readonly raw: readonly number[];
  readonly fit: EmissionFit;
}

/** How the columns of a family are fitted, with their raw weights one behind the other. */
type FamilyFit = (columns: readonly Column[]) => readonly FittedColumns[];

/** Each column by itself: raw weights are block by block, and in a block column by column. */
const eachColumn =
  (fitOf: ColumnFitOf): FamilyFit =>
  (columns) => {
    const fits = columns.map(fitOf);
    const order = fits[0]!.blocks.flatMap((_, block) =>
      fits.flatMap(({ blocks }, d) => Array<number>(blocks[block]!).fill(d)),
    );
    return fits.map((fit, d) => ({
      columns: [d],
      raw: order.flatMap((of, i) => (of === d ? [i] : [])),
      fit,
    }));
  };

/** All of them together. */
const together = (columns: readonly Column[]): readonly FittedColumns[] => [
  {
    columns: [...columns.keys()],
    raw: [...Array(2 * columns.length + (columns.length * (columns.length - 1)) / 2).keys()],
    fit: fullFit(columns),
  },
];

const familyFits: Readonly<Record<string, FamilyFit>> = {
  gaussian: eachColumn(normal),
  mixture: eachColumn(mixtureFit(3)), // as many as the family has
  full: together,
  bernoulli: eachColumn(bernoulliFit),
  categorical: eachColumn(categoricalFit),
  poisson: eachColumn(poissonFit),
};

/**
 * The fits of all columns, with the raw weights of each where the emission of the graph has them: family by family.
 *
 * @throws VrnnError `hmm/em` for a family that is not fitted so
 */
export function fitsOf(
  columns: readonly Column[],
  familyOf: (column: Column) => string,
): readonly FittedColumns[] {
  let width = 0;
  return [...groupBy(columns, familyOf)].flatMap(([family, group]) => {
    const places = group.map((column) => columns.indexOf(column));
    const fits = (own(familyFits, family) ?? unfitted(family, group))(group);
    const start = width;
    width += fits.reduce((all, { raw }) => all + raw.length, 0);
    return fits.map((each) => ({
      ...each,
      columns: each.columns.map((d) => places[d]!),
      raw: each.raw.map((i) => start + i),
    }));
  });
}

function unfitted(family: string, [column]: readonly Column[]): never {
  throw new VrnnError("hmm/em", `expectation maximisation does not fit columns by ${family}`, {
    at: `column "${column!.name}"`,
    remedy: `train by gradients, or choose for it one of ${Object.keys(familyFits).join(", ")}`,
  });
}
