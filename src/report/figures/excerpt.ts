import { firstOf, lastOf } from "../../collections.ts";
import type { ModalityName } from "../../data/modality.ts";
import type { Excerpt } from "../content.ts";
import { type Canvas, column, emptyPanel, heading, isNarrow, type Panel, row, svgOf } from "../panel.ts";
import { extent } from "../thin.ts";
import { shorten } from "../words.ts";
import { drawingPanel } from "./drawing.ts";
import { columnRaster, edgesOf, isRaster, pitchRaster, type Raster, rollPanel } from "./roll.ts";
import { type Row, rowMargins, rowsPanel } from "./rows.ts";

/** A way to show excerpts. */
interface View {
  readonly one: (excerpt: Excerpt, canvas: Canvas) => Panel;
  readonly many: (excerpts: readonly Excerpt[], canvas: Canvas) => Panel;
  /** How one is read. */
  readonly reading: string;
  /** How a real one and invented ones are read. */
  readonly comparison: string;
}

const drawingView: View = {
  one: (excerpt, canvas) => drawingPanel(excerpt, Math.min(360, canvas.width)),
  many: drawings,
  reading: "The strokes of a pen from the first to the last, violet to yellow.",
  comparison:
    "The first drawing is real, the others were drawn from the model; strokes from the first to the last, violet to yellow. Each is as large as its square allows.",
};

/** @param rasterOf which rows the excerpts have in common */
const rasterView = (rasterOf: (excerpts: readonly Excerpt[]) => Raster): View => ({
  one: (excerpt, canvas) => rollPanel(excerpt, rasterOf([excerpt]), canvas),
  many: (excerpts, canvas) => rolls(excerpts, rasterOf(excerpts), canvas),
  reading: "A row per column, a column per step: inked where the value is one.",
  comparison:
    "The first picture is real, the others were drawn from the model; inked cells are ones. All have the same scales.",
});

const lineView: View = {
  one: (excerpt, canvas) =>
    rowsPanel(rowsOf(excerpt), { ...canvas, ...rowMargins(canvas), times: excerpt.times }),
  many: lines,
  reading:
    "A line per column, each on its own scale, with its least and greatest value on the right; a gap is a missing value. Long stretches keep the extremes of every pixel, so no spike is lost.",
  comparison:
    "The first column is real, the others were drawn from the model; each row has one scale for all of them. The numbers on the right are its ends.",
};

const columnView = rasterView(columnRaster);

/** Materials that are shown in a way of their own; others are a raster or lines, as their values are. */
const VIEWS: { readonly [Name in ModalityName]?: View } = {
  strokes: drawingView,
  music: rasterView(pitchRaster),
};

function viewOf(excerpts: readonly Excerpt[]): View {
  const [material, ...others] = new Set(excerpts.map((excerpt) => excerpt.material ?? "table"));
  const own = others.length === 0 && material !== undefined ? VIEWS[material] : undefined;
  return own ?? (excerpts.every(isRaster) ? columnView : lineView);
}

/** A stretch of data: a drawing, a raster where all columns are binary, else a line per column. */
export const excerptFigure = (excerpt: Excerpt, canvas: Canvas): string =>
  svgOf(viewOf([excerpt]).one(excerpt, canvas), "Excerpt of the data");

/** How the picture of an excerpt is read. */
export const excerptReading = (excerpt: Excerpt): string => viewOf([excerpt]).reading;

const rowsOf = ({ columns }: Excerpt): Row[] =>
  columns.map(({ name, unit, values }) => ({
    label: name,
    values,
    ...(unit !== undefined && { note: unit }),
  }));

/** Real data and what the model invented, side by side on the same scales. */
export function samplesFigure(real: Excerpt, sampled: readonly Excerpt[], canvas: Canvas): string {
  const all = [real, ...sampled];
  return svgOf(viewOf(all).many(all, canvas), "Real and sampled sequences");
}

/** How the picture of real and invented data is read. */
export const samplesReading = (real: Excerpt, sampled: readonly Excerpt[]): string =>
  viewOf([real, ...sampled]).comparison;

/** Squares in lines, as many beside each other as there is room for. */
function drawings(excerpts: readonly Excerpt[], canvas: Canvas): Panel {
  const perLine = isNarrow(canvas) ? 2 : 4;
  const size = (canvas.width - GAP * (perLine - 1)) / perLine;
  const panels = excerpts.map((excerpt) => column([titleOf(excerpt, size), drawingPanel(excerpt, size)], 4));
  const rows = Array.from({ length: Math.ceil(panels.length / perLine) }, (_, i) =>
    row(panels.slice(i * perLine, (i + 1) * perLine), GAP),
  );
  return column(rows, GAP);
}

/** One raster under the other: the same pitches, the same width of a step. */
function rolls(excerpts: readonly Excerpt[], raster: Raster, canvas: Canvas): Panel {
  const longest = Math.max(...excerpts.map((excerpt) => lengthOf(edgesOf(excerpt))));
  const panels = excerpts.map((excerpt) =>
    column([titleOf(excerpt, canvas.width), rollPanel(excerpt, raster, canvas, longest)]),
  );
  return column(panels, 4);
}

const lengthOf = (times: readonly number[]) => (times.length > 0 ? lastOf(times) - firstOf(times) : 0);

const GAP = 16;

/** One block of lines beside the other; a phone has room for the real one and one sample. */
function lines(excerpts: readonly Excerpt[], canvas: Canvas): Panel {
  const blocks = excerpts.slice(0, isNarrow(canvas) ? 2 : 4);
  const { left, right } = rowMargins(canvas);
  const { columns } = firstOf(blocks);
  if (columns.length === 0) return emptyPanel(canvas.width, "no columns");
  const room = (canvas.width - left - right - GAP * (blocks.length - 1)) / blocks.length;
  const ranges = new Map(
    columns.map(({ name }) => [name, extent(...blocks.map((block) => valuesOf(block, name)))]),
  );
  const span = Math.max(...blocks.map(({ times }) => lengthOf(times)));
  const panels = blocks.map((block, i) => {
    const margins = { left: i === 0 ? left : 0, right: i === blocks.length - 1 ? right : 0 };
    const width = room + margins.left + margins.right;
    const rows = columns.map(({ name, unit }): Row => {
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
