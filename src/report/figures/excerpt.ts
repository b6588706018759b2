import type { Excerpt } from "../content.ts";
import { type Canvas, column, emptyPanel, finish, heading, isNarrow, type Panel, row } from "../panel.ts";
import { extent } from "../thin.ts";
import { shorten } from "../words.ts";
import { edgesOf, isRoll, rasterOf, rollPanel } from "./roll.ts";
import { type Row, rowMargins, rowsPanel } from "./rows.ts";

/** A stretch of data: a line per column, or a raster where all columns are binary. */
export function excerptFigure(excerpt: Excerpt, canvas: Canvas): string {
  const panel = isRoll(excerpt)
    ? rollPanel(excerpt, rasterOf([excerpt]), canvas)
    : rowsPanel(rowsOf(excerpt), { ...canvas, ...rowMargins(canvas), times: excerpt.times });
  return finish(panel, "Excerpt of the data");
}

const rowsOf = ({ columns }: Excerpt): Row[] =>
  columns.map(({ name, unit, values }) => ({
    label: name,
    values,
    ...(unit !== undefined && { note: unit }),
  }));

/** Real data and what the model invented, side by side on the same scales. */
export function samplesFigure(real: Excerpt, sampled: readonly Excerpt[], canvas: Canvas): string {
  const all = [real, ...sampled];
  const panel = all.every(isRoll) ? rolls(all, canvas) : lines(all, canvas);
  return finish(panel, "Real and sampled sequences");
}

/** One raster under the other: the same pitches, the same width of a step. */
function rolls(excerpts: readonly Excerpt[], canvas: Canvas): Panel {
  const raster = rasterOf(excerpts);
  const longest = Math.max(...excerpts.map((excerpt) => lengthOf(edgesOf(excerpt))));
  const panels = excerpts.map((excerpt) =>
    column([titleOf(excerpt, canvas.width), rollPanel(excerpt, raster, canvas, longest)]),
  );
  return column(panels, 4);
}

const lengthOf = (times: readonly number[]) => (times.length > 0 ? times[times.length - 1]! - times[0]! : 0);

const GAP = 16;

/** One block of lines beside the other; a phone has room for the real one and one sample. */
function lines(excerpts: readonly Excerpt[], canvas: Canvas): Panel {
  const blocks = excerpts.slice(0, isNarrow(canvas) ? 2 : 4);
  const { left, right } = rowMargins(canvas);
  if (blocks[0]!.columns.length === 0) return emptyPanel(canvas.width, "no columns");
  const room = (canvas.width - left - right - GAP * (blocks.length - 1)) / blocks.length;
  const ranges = new Map(
    blocks[0]!.columns.map(({ name }) => [name, extent(...blocks.map((block) => valuesOf(block, name)))]),
  );
  const span = Math.max(...blocks.map(({ times }) => lengthOf(times)));
  const panels = blocks.map((block, i) => {
    const margins = { left: i === 0 ? left : 0, right: i === blocks.length - 1 ? right : 0 };
    const width = room + margins.left + margins.right;
    const rows = blocks[0]!.columns.map(({ name, unit }): Row => {
      const range = ranges.get(name);
      return {
        label: name,
        values: valuesOf(block, name),
        ...(unit !== undefined && { note: unit }),
        ...(range && { range }),
      };
    });
    const title = titleOf(block, width, margins.left);
    return column([title, rowsPanel(rows, { ...canvas, ...margins, width, times: block.times, span })]);
  });
  return row(panels, GAP);
}

const valuesOf = ({ columns }: Excerpt, wanted: string) =>
  columns.find(({ name }) => name === wanted)?.values ?? [];

const titleOf = ({ name }: Excerpt, width: number, x = 0): Panel =>
  heading(shorten(name, Math.floor((width - x) / 7)), { width, x });
