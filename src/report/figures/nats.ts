import * as Plot from "@observablehq/plot";
import type { ModelNats, NamedNats } from "../content.ts";
import {
  AXIS_LABEL,
  type Canvas,
  column,
  emptyPanel,
  isNarrow,
  type Key,
  legend,
  type Panel,
  plotPanel,
  svgOf,
} from "../panel.ts";
import { colour } from "../theme.ts";
import { extent } from "../thin.ts";
import { formatNats, shorten } from "../words.ts";

const DOT_ROW = 28;
const BAR_ROW = 21;
const FOOT = 40;

/** Models by what they reach, the best one first: dots, since no bound has a natural zero to draw a bar from. */
export function comparisonFigure(models: readonly NamedNats[], canvas: Canvas): string {
  const ranked = measured(models).sort((a, b) => b.natsPerStep - a.natsPerStep);
  const panel = ranked.length === 0 ? emptyPanel(canvas.width, "no models") : dots(ranked, canvas);
  return svgOf(panel, "Comparison of models");
}

/** Models by what they reach, the best one first, with their intervals; a dot is hollow where the likelihood may be higher. */
export function standingsFigure(models: readonly ModelNats[], canvas: Canvas): string {
  const ranked = measured(models).sort((a, b) => b.natsPerStep - a.natsPerStep);
  const keys: readonly Key[] = [
    { label: "likelihood", colour: colour("series"), mark: "filled" },
    { label: "at least: a lower bound of it", colour: colour("series"), mark: "outlined" },
    { label: "95 %", colour: colour("series"), mark: "line" },
  ];
  const panel =
    ranked.length === 0
      ? emptyPanel(canvas.width, "no models")
      : column([legend(keys, canvas.width), intervals(ranked, canvas)], 8);
  return svgOf(panel, "Models and their intervals");
}

/** How many columns the picture of columns shows at most. */
export const MOST_COLUMNS = 24;

/** Columns by what they cost, the hardest first: bars, since the nats of a step are the sum over its columns. */
export function perColumnFigure(columns: readonly NamedNats[], canvas: Canvas): string {
  const ranked = measured(columns).sort((a, b) => a.natsPerStep - b.natsPerStep);
  const panel =
    ranked.length === 0
      ? emptyPanel(canvas.width, "no columns")
      : bars(ranked.slice(0, MOST_COLUMNS), canvas);
  return svgOf(panel, "Nats per step and column");
}

const measured = <Entry extends NamedNats>(entries: readonly Entry[]) =>
  entries.filter(({ natsPerStep }) => Number.isFinite(natsPerStep));

function dots(ranked: readonly NamedNats[], canvas: Canvas): Panel {
  const [low, high] = extent(ranked.map(({ natsPerStep }) => natsPerStep))!;
  const span = high - low || Math.abs(high) * 0.1 || 1;
  const best = (_: NamedNats, i: number) => (i === 0 ? colour("series") : colour("soft"));
  return rankedPanel(ranked, canvas, {
    rowHeight: DOT_ROW,
    domain: [low - span * 0.05, high + span * 0.05],
    marks: [
      Plot.ruleY(ranked, { y: index, stroke: colour("line") }),
      Plot.dot(ranked, { x: "natsPerStep", y: index, r: 6, fill: best }),
    ],
  });
}

/** Models that are farther behind than so many times the middle one stand at the edge: the others could not be told apart. */
const FAR = 4;

function intervals(ranked: readonly ModelNats[], canvas: Canvas): Panel {
  const [lowest, high] = extent(
    ranked.flatMap(({ natsPerStep, interval }) => [natsPerStep, ...(interval ?? [])]),
  )!;
  const middle = ranked[Math.floor(ranked.length / 2)]!.natsPerStep;
  const low = ranked.length < 3 ? lowest : Math.max(lowest, high - FAR * (high - middle));
  const span = high - low || Math.abs(high) * 0.1 || 1;
  const places = ranked.map((model, row) => ({ ...model, row }));
  const [shown, far] = [
    places.filter((each) => each.natsPerStep >= low),
    places.filter((each) => each.natsPerStep < low),
  ];
  const known = shown.flatMap(({ interval, row }) =>
    interval === null ? [] : [{ row, low: Math.max(low, interval[0]), high: interval[1] }],
  );
  return rankedPanel(ranked, canvas, {
    rowHeight: DOT_ROW,
    domain: [low - span * 0.05, high + span * 0.05],
    marks: [
      Plot.ruleY(ranked, { y: index, stroke: colour("line") }),
      Plot.ruleY(known, { y: "row", x1: "low", x2: "high", stroke: colour("series"), strokeWidth: 2.5 }),
      Plot.dot(shown, {
        ...{ x: "natsPerStep", y: "row", r: 5.5, stroke: colour("series"), strokeWidth: 2 },
        fill: ({ isBound }: ModelNats) => colour(isBound ? "card" : "series"),
      }),
      Plot.text(far, {
        ...{ x: low, y: "row", text: () => "← far behind", textAnchor: "start", dx: -8 },
        fill: colour("soft"),
      }),
    ],
  });
}

function bars(ranked: readonly NamedNats[], canvas: Canvas): Panel {
  const [low, high] = extent(
    [0],
    ranked.map(({ natsPerStep }) => natsPerStep),
  )!;
  const span = high - low || 1;
  const place = { y1: (_: NamedNats, i: number) => i - 0.32, y2: (_: NamedNats, i: number) => i + 0.32 };
  return rankedPanel(ranked, canvas, {
    rowHeight: BAR_ROW,
    domain: [low - (low < 0 ? span * 0.02 : 0), high + (high > 0 ? span * 0.02 : 0)],
    marks: [
      Plot.rect(ranked, { x1: 0, x2: "natsPerStep", ...place, fill: colour("series"), fillOpacity: 0.75 }),
      Plot.ruleX([0], { stroke: colour("soft") }),
    ],
  });
}

const index = (_: NamedNats, i: number) => i;

interface Ranking {
  readonly rowHeight: number;
  readonly domain: [number, number];
  readonly marks: Plot.Markish[];
}

/** Names on the left, marks on a common axis, numbers on the right. */
function rankedPanel(
  ranked: readonly NamedNats[],
  canvas: Canvas,
  { rowHeight, domain, marks }: Ranking,
): Panel {
  const left = isNarrow(canvas) ? 112 : 180;
  const ticks = isNarrow(canvas) ? 2 : 6;
  const decimals = Math.max(...ranked.map(({ natsPerStep }) => Math.abs(natsPerStep))) < 1 ? 3 : 2;
  const beside = (anchor: "left" | "right", dx: number) =>
    ({ y: index, frameAnchor: anchor, dx, fill: colour("ink") }) as const;
  return plotPanel({
    width: canvas.width,
    height: ranked.length * rowHeight + FOOT,
    margin: 0,
    marginLeft: left,
    marginRight: 74,
    marginBottom: FOOT,
    x: { type: "linear", domain },
    y: { type: "linear", domain: [ranked.length - 0.5, -0.5], axis: null },
    marks: [
      Plot.gridX({ stroke: colour("line"), strokeOpacity: 1, ticks }),
      Plot.axisX({ ...AXIS_LABEL, label: "nats per step, more is better →", ticks, tickSize: 0 }),
      ...marks,
      Plot.text(ranked, {
        ...beside("left", -left),
        textAnchor: "start",
        text: ({ name }: NamedNats) => shorten(name, Math.floor((left - 12) / 6.6)),
      }),
      Plot.text(ranked, {
        ...beside("right", 70),
        textAnchor: "end",
        text: ({ natsPerStep }: NamedNats) => formatNats(natsPerStep, decimals),
        fontVariant: "tabular-nums",
      }),
    ],
  });
}
