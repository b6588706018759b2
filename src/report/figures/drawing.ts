import type { Excerpt } from "../content.ts";
import { emptyPanel, type Panel } from "../panel.ts";
import { colour, timeColour } from "../theme.ts";
import { extent } from "../thin.ts";

type Point = readonly [x: number, y: number];

/** The part of a square that a drawing leaves free on each side. */
const MARGIN = 0.09;

/**
 * A drawing in a square: y points down, both axes have one scale, and each stroke has the colour of its time, from the
 * first to the last. A stroke of a single point is a dot.
 */
export function drawingPanel(excerpt: Excerpt, size: number): Panel {
  const strokes = strokesOf(excerpt);
  if (strokes.length === 0) return emptyPanel(size, "nothing drawn");
  const place = fitted(strokes.flat(), size);
  const paths = strokes.map((stroke, i) => {
    const [start, ...rest] = stroke.map(place) as [string, ...string[]];
    const tint = timeColour(strokes.length > 1 ? i / (strokes.length - 1) : 0);
    return `<path d="M${start}L${rest.length > 0 ? rest.join(" ") : start}" stroke="${tint}"/>`;
  });
  const style = 'fill="none" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"';
  const frame = `<rect x="0.5" y="0.5" width="${size - 1}" height="${size - 1}" rx="6" fill="none" stroke="${colour("line")}"/>`;
  return { width: size, height: size, markup: `${frame}<g ${style}>${paths.join("")}</g>` };
}

/** Runs of points between which the pen stays down, up to the end of the drawing. */
function strokesOf({ columns }: Excerpt): Point[][] {
  const [dx, dy, pen] = columns;
  if (!dx || !dy || !pen) return [];
  const stateAt = (t: number) => pen.levels?.[pen.values[t] ?? 0] ?? (pen.values[t] === 1 ? "up" : "down");
  const strokes: Point[][] = [[]];
  let [x, y] = [0, 0];
  for (let t = 0; t < pen.values.length && stateAt(t) !== "end"; t++) {
    x += dx.values[t] ?? 0;
    y += dy.values[t] ?? 0;
    strokes[strokes.length - 1]!.push([x, y]);
    if (stateAt(t) === "up") strokes.push([]);
  }
  return strokes.filter(({ length }) => length > 0);
}

/** What puts points into a square, in the middle, as large as they fit. */
function fitted(points: readonly Point[], size: number): (point: Point) => string {
  const [left, right] = extent(points.map(([x]) => x)) ?? [0, 0];
  const [top, bottom] = extent(points.map(([, y]) => y)) ?? [0, 0];
  const reach = Math.max(right - left, bottom - top);
  const scale = reach > 0 ? (size * (1 - 2 * MARGIN)) / reach : 0;
  const inSquare = (value: number, middle: number) =>
    Math.round((size / 2 + (value - middle) * scale) * 10) / 10;
  return ([x, y]) => `${inSquare(x, (left + right) / 2)},${inSquare(y, (top + bottom) / 2)}`;
}
