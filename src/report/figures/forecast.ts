import type { ForecastContent } from "../content.ts";
import { type Canvas, column, emptyPanel, type Key, legend, svgOf } from "../panel.ts";
import { colour } from "../theme.ts";
import { extent } from "../thin.ts";
import { rowMargins, rowsPanel } from "./rows.ts";

const KEYS: readonly Key[] = [
  { label: "what was, then the median of the forecast", colour: colour("series"), mark: "line" },
  { label: "intervals", colour: colour("series"), mark: "pale" },
  { label: "the time ahead", colour: colour("second"), mark: "pale" },
];

/** What was, and a fan of intervals for what comes: a row per column on a common time axis. */
export function forecastFigure(forecast: ForecastContent, canvas: Canvas): string {
  const { columns, times, start } = forecast;
  if (columns.length === 0) return svgOf(emptyPanel(canvas.width, "no columns"), "Forecast");
  const end = times.at(-1) ?? start;
  const rows = columns.map(({ name, values, intervals }) => ({
    label: name,
    values,
    intervals,
    range: extent(values, ...intervals.flatMap(({ low, high }) => [low, high])) ?? [0, 1],
  }));
  const shades = [{ start, end, colour: colour("second") }];
  const panel = rowsPanel(rows, { ...canvas, ...rowMargins(canvas), times, shades });
  return svgOf(column([legend(KEYS, canvas.width), panel], 4), "Forecast");
}
