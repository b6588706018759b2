import * as Plot from "@observablehq/plot";
import type { BacktestContent } from "../content.ts";
import {
  AXIS_LABEL,
  type Canvas,
  column,
  heading,
  isNarrow,
  type Key,
  legend,
  type Panel,
  plotPanel,
  svgOf,
} from "../panel.ts";
import { colour } from "../theme.ts";
import { formatNumber, shorten } from "../words.ts";

const BAR = 24;
const FORECAST_HEIGHT = 260;

/** How far each forecaster was off, and one forecast with what came. */
export function backtestFigure(content: BacktestContent, canvas: Canvas): string {
  const { rule, sequence, column: name } = content;
  const keys: readonly Key[] = [
    { label: "what came", colour: colour("ink"), mark: "line" },
    { label: "model: median and 80 %", colour: colour("series"), mark: "pale" },
    { label: rule, colour: colour("second"), mark: "dashed" },
  ];
  const panels = [
    barsPanel(content, canvas),
    heading(`${shorten(name, 40)} of ${shorten(sequence, 40)}, the last forecast`, canvas),
    legend(keys, canvas.width),
    forecastPanel(content, canvas),
  ];
  return svgOf(column(panels, 8), "Backtest");
}

/** A bar for each forecaster, the model's in the colour of series. */
function barsPanel({ forecasters, measure }: BacktestContent, canvas: Canvas): Panel {
  const bars = forecasters.filter(({ level }) => Number.isFinite(level));
  const margin = isNarrow(canvas) ? 120 : 170;
  return plotPanel({
    width: canvas.width,
    height: bars.length * BAR + 44,
    marginLeft: margin,
    marginRight: 70,
    marginTop: 4,
    marginBottom: 40,
    x: { label: `${measure}, less is better`, zero: true },
    y: {
      domain: bars.map(({ name }) => name),
      label: null,
      tickSize: 0,
      tickFormat: (name: string) => shorten(name, 24),
    },
    marks: [
      Plot.axisX({ ...AXIS_LABEL, label: `${measure}, less is better`, ticks: 5 }),
      Plot.barX(bars, {
        x: "level",
        y: "name",
        fill: ({ kind }: { kind: string }) => (kind === "model" ? colour("series") : colour("alarm")),
        insetTop: 3,
        insetBottom: 3,
      }),
      Plot.text(bars, {
        x: "level",
        y: "name",
        text: ({ level }) => formatNumber(level),
        textAnchor: "start",
        dx: 6,
      }),
    ],
  });
}

function forecastPanel(content: BacktestContent, canvas: Canvas): Panel {
  const { first, seen, origin, median, interval, rival, column: name } = content;
  const ahead = median.map((value, h) => ({
    step: origin + h + 1,
    median: value,
    low: interval.low[h]!,
    high: interval.high[h]!,
    rival: rival[h]!,
  }));
  return plotPanel({
    width: canvas.width,
    height: FORECAST_HEIGHT,
    marginLeft: isNarrow(canvas) ? 48 : 64,
    marginBottom: 40,
    x: { label: "step" },
    y: { label: shorten(name, 40), grid: true },
    marks: [
      Plot.axisX({ ...AXIS_LABEL, label: "step" }),
      Plot.ruleX([origin + 0.5], { stroke: colour("line") }),
      Plot.areaY(ahead, { x: "step", y1: "low", y2: "high", fill: colour("series"), fillOpacity: 0.18 }),
      Plot.line(ahead, {
        x: "step",
        y: "rival",
        stroke: colour("second"),
        strokeDasharray: "4,3",
        strokeWidth: 1.5,
      }),
      Plot.line(ahead, { x: "step", y: "median", stroke: colour("series"), strokeWidth: 1.8 }),
      Plot.line(
        seen.map((value, i) => ({ step: first + i, value })),
        { x: "step", y: "value", stroke: colour("ink"), strokeWidth: 1.2 },
      ),
    ],
  });
}
