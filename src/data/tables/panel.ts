/** Tables of any shape as a data set, with what is made of their times. */
import { VrnnError } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { timeMakers } from "../derived/build.ts";
import { buildDataset } from "./build.ts";
import type { SchemaOptions } from "./schema.ts";
import { shapeHint } from "./shape-hints.ts";
import { SERIES, sequencesIn } from "./shapes.ts";
import type { Table } from "./table.ts";

/**
 * A data set from tables whose sequences stand as the options `sequence`, `series` and `pivot` say; see `buildDataset`.
 *
 * @throws VrnnError `data/...` with the place and the remedy.
 */
export function buildPanel(tables: readonly Table[], options: SchemaOptions, source: string): Dataset {
  const hint =
    isSaid(options) || tables[0] === undefined ? undefined : shapeHint(tables[0], options.sequence);
  const build = () => buildDataset(tables, panelOptions(options), source, { ...timeMakers, sequencesIn });
  if (hint === undefined) return build();
  try {
    const data = build();
    return { ...data, notes: [hint, ...data.notes] };
  } catch (cause) {
    if (!(cause instanceof VrnnError)) throw cause;
    const { code, what, at, remedy } = cause;
    throw new VrnnError(code, what, {
      ...(at !== undefined && { at }),
      remedy: `${remedy === undefined ? "" : `${remedy}; `}${hint}`,
      cause,
    });
  }
}

/** Whether it is said, or known of a trained model, where the sequences stand. */
const isSaid = ({ series, pivot, columns }: SchemaOptions): boolean =>
  series !== undefined || pivot !== undefined || columns !== undefined;

/**
 * What follows from what is said of a panel of series: series of one table are cut by time, as who has them wants to know how they
 * go on; the name of each, where it is asked for, is known of the whole sequence.
 */
function panelOptions(options: SchemaOptions): SchemaOptions {
  const { series, splitBy, seriesEmbedding, statics = [], kinds = {} } = options;
  return {
    ...options,
    ...(series !== undefined && splitBy === undefined && { splitBy: "time" }),
    ...(seriesEmbedding === true && {
      statics: [...statics, SERIES],
      kinds: { ...kinds, [SERIES]: "categorical" },
    }),
  };
}
