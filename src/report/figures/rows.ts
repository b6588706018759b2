import * as Plot from "@observablehq/plot";
import type { Interval, Series } from "../content.ts";
import { type Canvas, isNarrow, type Panel, plotPanel, timeAxis, timeScale } from "../panel.ts";
import { colour } from "../theme.ts";
import { type BandPoint, extent, type Point, thin, thinBand } from "../thin.ts";
import { formatNumber, shorten } from "../words.ts";

/** A line of its own scale, one of many on a common time axis. */
export interface Row {
  readonly label: string;
  readonly note?: string;
  readonly values: Series;
  /** An interval drawn behind the line. */
  readonly low?: Series;
  readonly high?: Series;
  /** Further intervals, drawn on top of each other. */
  readonly intervals?: readonly Interval[];
  /** The scale to use, when it must equal that of another picture; the extent of the values unless told. */
  readonly range?: readonly [number, number];
}

/** A stretch of time to be shaded. */
export interface Shade {
  readonly start: number;
  readonly end: number;
  readonly colour: string;
}

export interface RowsOptions extends Canvas {
  readonly times: readonly number[];
  readonly shades?: readonly Shade[];
  /** How long the time axis is; from the first moment to the last unless told. */
  readonly span?: number;
  /** Room left of the lines, for names, and right of them, for values. */
  readonly left: number;
  readonly right: number;
}

const ROW_HEIGHT = 38;
const FOOT = 38;
const PADDING = 0.17;

/** The margins that fit names on the left and values on the right. */
export const rowMargins = (canvas: Pick<Canvas, "width">): { left: number; right: number } =>
  isNarrow(canvas) ? { left: 108, right: 48 } : { left: 156, right: 64 };

/** Small multiples: lines under each other, each on its own scale, all on one time axis. */
export function rowsPanel(rows: readonly Row[], options: RowsOptions): Panel {
  const { width, left, right, times, clock, span, shades = [] } = options;
  const room = Math.max(40, width - left - right);
  const x = timeScale(times, clock, span);
  const placed = rows.map((row, i) => placeRow(row, i, times, room));
  return plotPanel({
    width,
    height: rows.length * ROW_HEIGHT + FOOT,
    margin: 0,
    marginLeft: left,
    marginRight: right,
    marginBottom: FOOT,
    x,
    y: {
      domain: [0, Math.max(rows.length, 1)],
      range: [0, Math.max(rows.length, 1) * ROW_HEIGHT],
      axis: null,
    },
    marks: [
      ...shades.map(({ start, end, colour: fill }) =>
        Plot.rect([{ start, end }], {
          x1: "start",
          x2: "end",
          y1: 0,
          y2: rows.length,
          fill,
          fillOpacity: 0.16,
        }),
      ),
      Plot.ruleY(
        rows.map((_, i) => i + 1),
        { stroke: colour("line") },
      ),
      timeAxis(x, room),
      Plot.areaY(
        placed.flatMap(({ band }) => band),
        { x: "x", y1: "low", y2: "high", z: "interval", fill: colour("series"), fillOpacity: 0.2 },
      ),
      Plot.line(
        placed.flatMap(({ line }) => line),
        { x: "x", y: "y", z: "row", stroke: colour("series"), strokeWidth: 1.1 },
      ),
      ...(left > 0 ? labelMarks(rows, left) : []),
      ...(right > 0 ? valueMarks(placed.flatMap(({ values }) => values)) : []),
      Plot.text(
        placed.filter(({ line }) => line.every(({ y }) => Number.isNaN(y))),
        {
          y: (row: PlacedRow) => row.row + 0.5,
          text: () => "no values",
          frameAnchor: "middle",
          fontStyle: "italic",
        },
      ),
    ],
  });
}

interface PlacedRow {
  readonly row: number;
  readonly line: readonly (Point & { row: number })[];
  /** Of all intervals, told apart by name. */
  readonly band: readonly (BandPoint & { interval: string })[];
  /** What stands right of the line, and how high. */
  readonly values: readonly { y: number; text: string }[];
}

/** A row's places: row i reaches from y = i at its top to i + 1. */
function placeRow(row: Row, index: number, times: readonly number[], room: number): PlacedRow {
  const seen = extent(row.values);
  const [bottom, top] = row.range ?? scaleOf(row, seen);
  const place = (value: number) => {
    const share = top > bottom ? Math.min(Math.max((value - bottom) / (top - bottom), 0), 1) : 0.5;
    return index + 1 - PADDING - share * (1 - 2 * PADDING);
  };
  const { low, high, intervals = [] } = row;
  const bands = [...(low && high ? [{ low, high }] : []), ...intervals].map((interval) =>
    thinBand(times, interval.low, interval.high, room / 2),
  );
  return {
    row: index,
    line: thin(times, row.values, room).map(({ x, y }) => ({ x, y: place(y), row: index })),
    band: bands.flatMap((band, i) =>
      band.map((point) => ({
        x: point.x,
        low: place(point.low),
        high: place(point.high),
        interval: `${index} ${i}`,
      })),
    ),
    values: seen ? valuesAt(row.range ?? seen, place) : [],
  };
}

/** The extent of the values; with an interval a little more, so that it is seen where it leads out of the extent. */
function scaleOf(
  { low = [], high = [] }: Row,
  seen: readonly [number, number] | undefined,
): readonly [number, number] {
  const band = extent(low, high);
  if (!seen || !band) return seen ?? band ?? [0, 0];
  const reach = seen[1] > seen[0] ? (seen[1] - seen[0]) / 3 : Number.POSITIVE_INFINITY;
  return [
    Math.min(seen[0], Math.max(band[0], seen[0] - reach)),
    Math.max(seen[1], Math.min(band[1], seen[1] + reach)),
  ];
}

/** Inwards, so that a row's values stand nearer to each other than to those of its neighbours; but never too near. */
const INWARDS = 3 / ROW_HEIGHT;
const LEAST_APART = 11 / ROW_HEIGHT;

/** The ends of the scale, or of what was seen where the scale reaches further, each at its height. */
function valuesAt(
  [low, high]: readonly [number, number],
  place: (value: number) => number,
): PlacedRow["values"] {
  const [bottom, top] = [place(low), place(high)];
  if (low === high) return [{ y: bottom, text: formatNumber(low, 3) }];
  const shift = Math.min(INWARDS, (bottom - top - LEAST_APART) / 2);
  return [
    { y: bottom - shift, text: formatNumber(low, 3) },
    { y: top + shift, text: formatNumber(high, 3) },
  ];
}

function valueMarks(values: PlacedRow["values"]): Plot.Markish[] {
  return [
    Plot.text(values, {
      y: "y",
      text: "text",
      frameAnchor: "right",
      textAnchor: "start",
      dx: 6,
      fontSize: 10,
    }),
  ];
}

function labelMarks(rows: readonly Row[], left: number): Plot.Markish[] {
  const most = Math.floor((left - 12) / 6.4);
  const lines = rows.flatMap(({ label, note }, i) =>
    note === undefined
      ? [{ y: i + 0.5, text: shorten(label, most), isNote: false }]
      : [
          { y: i + 0.36, text: shorten(label, most), isNote: false },
          { y: i + 0.7, text: shorten(note, most + 3), isNote: true },
        ],
  );
  const place = { y: "y", text: "text", frameAnchor: "left", textAnchor: "start", dx: -left } as const;
  return [
    Plot.text(
      lines.filter(({ isNote }) => !isNote),
      { ...place, fill: colour("ink"), fontSize: 12 },
    ),
    Plot.text(
      lines.filter(({ isNote }) => isNote),
      { ...place, fontSize: 10.5 },
    ),
  ];
}
