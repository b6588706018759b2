/** Tables of any shape as a data set. */
import type { Dataset } from "../dataset.ts";
import { buildDataset } from "./build.ts";
import type { SchemaOptions } from "./schema.ts";
import { SERIES, sequencesIn } from "./shapes.ts";
import type { Table } from "./table.ts";

/**
 * A data set from tables whose sequences stand as the options `sequence`, `series` and `pivot` say; see `buildDataset`.
 *
 * @throws VrnnError `data/...` with the place and the remedy.
 */
export const buildPanel = (tables: readonly Table[], options: SchemaOptions, source: string): Dataset =>
  buildDataset(tables, panelOptions(options), source, sequencesIn);

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
