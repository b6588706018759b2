import type { Clock, Series } from "./content.ts";
import { rowMargins, rowsPanel, type Shade } from "./figures/rows.ts";
import { standalone, svgOf } from "./panel.ts";
import { colour } from "./theme.ts";

/** A sequence, its segments and the columns that changed most. */
export interface SegmentsContent {
  readonly name: string;
  readonly times: readonly number[];
  /** The first step of each segment, from 0. */
  readonly starts: readonly number[];
  readonly columns: readonly { readonly name: string; readonly values: Series }[];
}

const WIDTH = 940;

/** The picture of segments as a file of its own: every second one is shaded. */
export function segmentsPicture({ name, times, starts, columns }: SegmentsContent, clock: Clock): string {
  const canvas = { width: WIDTH, clock };
  const shades = starts.flatMap((start, i): Shade[] => {
    const end = starts[i + 1] ?? times.length - 1;
    return i % 2 === 0 ? [] : [{ start: times[start]!, end: times[end]!, colour: colour("second") }];
  });
  const rows = columns.map(({ name: label, values }) => ({ label, values }));
  const panel = rowsPanel(rows, { ...canvas, ...rowMargins(canvas), times, shades });
  const reading =
    "Where the shading begins or ends, a segment does. The columns are those that changed most.";
  return standalone(svgOf(panel, "Segments"), `Segments of ${name}`, reading);
}
