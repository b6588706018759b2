import * as Plot from "@observablehq/plot";
import { lastOf } from "../../collections.ts";
import type { Excerpt } from "../content.ts";
import { type Canvas, emptyPanel, isNarrow, type Panel, plotPanel, timeAxis, timeScale } from "../panel.ts";
import { colour } from "../theme.ts";
import { shorten } from "../words.ts";

const LEAST_COLUMNS = 8;

/** Whether a raster shows a table better than lines: many columns, and nothing but zeros, ones and missing entries. */
export function isRaster({ columns }: Excerpt): boolean {
  return (
    columns.length >= LEAST_COLUMNS &&
    columns.every(({ values }) => values.every((value) => value === null || value === 0 || value === 1))
  );
}

/** The rows of a raster from the top down: which column each shows. */
export interface Raster {
  readonly names: readonly string[];
  /** Whether the names are MIDI pitches. */
  readonly isPitched: boolean;
}

/** The rows that rasters of these excerpts have in common: all columns in their order. */
export const columnRaster = (excerpts: readonly Excerpt[]): Raster => ({
  names: excerpts[0]?.columns.map(({ name }) => name) ?? [],
  isPitched: false,
});

/** The same of music: pitches from the highest to the lowest that any of the excerpts sounds. */
export function pitchRaster(excerpts: readonly Excerpt[]): Raster {
  const sounding = excerpts.flatMap(({ columns }) =>
    columns.filter(({ values }) => values.some((value) => value === 1)).map(({ name }) => Number(name)),
  );
  const [low, high] = sounding.length > 0 ? [Math.min(...sounding) - 2, Math.max(...sounding) + 2] : [60, 71];
  const names = Array.from({ length: high - low + 1 }, (_, i) => String(high - i));
  return { names, isPitched: true };
}

/** When each step of an excerpt begins, and when the last one ends. */
export const edgesOf = ({ times }: Excerpt): number[] =>
  times.length === 0 ? [] : [...times, lastOf(times) + stepOf(times)];

/**
 * An excerpt as a raster of steps by columns: a cell is inked where the value is one, and grey where it is missing.
 *
 * @param span How long the time axis is; the excerpt's own time unless told.
 */
export function rollPanel(excerpt: Excerpt, raster: Raster, { width, clock }: Canvas, span?: number): Panel {
  if (excerpt.times.length === 0 || raster.names.length === 0) return emptyPanel(width, "no values");
  const edges = edgesOf(excerpt);
  const x = timeScale(edges, clock, span);
  const isLabelled = !raster.isPitched && raster.names.length <= 40;
  const left = raster.isPitched ? 44 : isLabelled ? 108 : 12;
  const rowHeight = isLabelled ? 16 : isNarrow({ width }) ? 3.5 : 5;
  return plotPanel({
    width,
    height: Math.ceil(raster.names.length * rowHeight) + 42,
    margin: 0,
    marginTop: 6,
    marginLeft: left,
    marginRight: 10,
    marginBottom: 36,
    x,
    y: { type: "linear", domain: [raster.names.length, 0], axis: null },
    marks: [
      ...(raster.isPitched ? octaves(raster) : []),
      ...(isLabelled ? [names(raster, left)] : []),
      cells(excerpt, raster, edges, 1, colour("series")),
      cells(excerpt, raster, edges, null, colour("line")),
      Plot.frame({ stroke: colour("line") }),
      timeAxis(x, width - left),
    ],
  });
}

/** The usual distance of two steps: the last one is drawn as wide. */
function stepOf(times: readonly number[]): number {
  const distances = times.slice(1).map((time, i) => time - times[i]!);
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 1;
}

/** One path for all cells of a value: a raster has thousands. */
function cells(
  excerpt: Excerpt,
  raster: Raster,
  edges: readonly number[],
  value: 1 | null,
  fill: string,
): Plot.Markish {
  const columns = new Map(excerpt.columns.map(({ name, values }) => [name, values]));
  return (_index, scales, _values, _dimensions, context) => {
    const [x, y] = [scales.x!, scales.y!];
    const path = raster.names.flatMap((name, row) => {
      const [top, bottom] = [y(row), y(row + 1)];
      return runsOf(columns.get(name) ?? [], value).map(([from, to]) => {
        const [start, end] = [x(edges[from]!), x(edges[to]!)];
        return `M${tenth(start)},${tenth(top)}H${tenth(end)}V${tenth(bottom)}H${tenth(start)}Z`;
      });
    });
    const element = context.document.createElementNS("http://www.w3.org/2000/svg", "path");
    element.setAttribute("fill", fill);
    element.setAttribute("d", path.join(""));
    return element;
  };
}

const tenth = (place: number) => Math.round(place * 10) / 10;

/** From where to where (not included) the value stands. */
function runsOf(values: readonly (number | null)[], wanted: number | null): [number, number][] {
  const runs: [number, number][] = [];
  values.forEach((value, t) => {
    if (value !== wanted) return;
    const last = runs[runs.length - 1];
    if (last?.[1] === t) last[1] = t + 1;
    else runs.push([t, t + 1]);
  });
  return runs;
}

function octaves({ names }: Raster): Plot.Markish[] {
  const tonics = names.flatMap((name, row) =>
    Number(name) % 12 === 0 ? [{ row, pitch: Number(name) }] : [],
  );
  return [
    Plot.ruleY(tonics, { y: ({ row }: { row: number }) => row + 1, stroke: colour("line") }),
    Plot.text(tonics, {
      y: ({ row }: { row: number }) => row + 0.5,
      text: ({ pitch }: { pitch: number }) => `C${pitch / 12 - 1}`,
      frameAnchor: "left",
      textAnchor: "end",
      dx: -6,
      fontSize: 11,
    }),
  ];
}

function names({ names: all }: Raster, left: number): Plot.Markish {
  return Plot.text(all, {
    y: (_: string, row: number) => row + 0.5,
    text: (name: string) => shorten(name, 16),
    frameAnchor: "left",
    textAnchor: "start",
    dx: -left,
    fontSize: 11,
  });
}
