import * as Plot from "@observablehq/plot";
import { firstOf, lastOf } from "../../collections.ts";
import type { Baseline, Epoch } from "../content.ts";
import {
  AXIS_LABEL,
  type Canvas,
  column,
  emptyPanel,
  isNarrow,
  type Panel,
  plotPanel,
  spread,
  svgOf,
  textWidth,
} from "../panel.ts";
import { colour } from "../theme.ts";
import { extent } from "../thin.ts";
import { formatNats, shorten } from "../words.ts";

const HEIGHT = 300;
const KL_HEIGHT = 120;
const TOP = 24;
const BOTTOM = 36;
const LEFT = 48;

/** The epoch with the highest validation bound. */
export function bestEpoch(history: readonly Epoch[]): (Epoch & { readonly valid: number }) | undefined {
  const judged = history.flatMap((epoch) =>
    isFiniteNumber(epoch.valid) ? [{ ...epoch, valid: epoch.valid }] : [],
  );
  return judged.reduce<(Epoch & { valid: number }) | undefined>(
    (best, epoch) => (best === undefined || epoch.valid > best.valid ? epoch : best),
    undefined,
  );
}

const isFiniteNumber = (value: number | null | undefined): value is number =>
  typeof value === "number" && Number.isFinite(value);

/** The part of the scale worth showing: without the first epochs when they lie far below all that follows. */
export interface BoundScale {
  readonly low: number;
  readonly high: number;
  /** How many epochs have a point below it. */
  readonly hidden: number;
}

export function boundScale(history: readonly Epoch[], baselines: readonly Baseline[]): BoundScale {
  const curves = (part: readonly Epoch[]) =>
    extent(...part.map(({ train, valid, reconstruction }) => [train, valid, reconstruction ?? null]));
  const settled = history.slice(Math.floor(history.length / 5));
  const levels = baselines.map(({ natsPerStep }) => natsPerStep);
  const [least, most] = extent(levels, curves(settled) ?? []) ?? [0, 1];
  const [lowest, highest] = extent(levels, curves(history) ?? []) ?? [0, 1];
  const span = most - least || Math.abs(most) * 0.1 || 1;
  const low = least - lowest > span ? least - span * 0.3 : lowest - span * 0.06;
  const isHidden = ({ train, valid }: Epoch) =>
    [train, valid].some((value) => isFiniteNumber(value) && value < low);
  return { low, high: highest + span * 0.08, hidden: history.filter(isHidden).length };
}

/** The bound of training and validation over the epochs, what simpler models reach, and the divergence below. */
export function historyFigure(
  history: readonly Epoch[],
  baselines: readonly Baseline[],
  canvas: Canvas,
): string {
  const label = "Training history";
  if (history.length === 0) return svgOf(emptyPanel(canvas.width, "no epochs"), label);
  const frame: Frame = { history, width: canvas.width, right: isNarrow(canvas) ? 112 : 180 };
  const hasKl = history.some(({ kl }) => isFiniteNumber(kl));
  const panels = [boundPanel(frame, baselines, !hasKl), ...(hasKl ? [klPanel(frame)] : [])];
  return svgOf(column(panels, 6), label);
}

/** What the panels have in common: they lie under each other on one axis of epochs. */
interface Frame {
  readonly history: readonly Epoch[];
  readonly width: number;
  /** Room for the names right of the curves. */
  readonly right: number;
}

interface EpochPanel {
  readonly height: number;
  readonly domain: [number, number];
  readonly label: string;
  readonly ticks: number;
  readonly hasAxis: boolean;
  readonly marks: Plot.Markish[];
}

function epochPanel({ history, width, right }: Frame, panel: EpochPanel): Panel {
  const { height, domain, label, ticks, hasAxis, marks } = panel;
  const [first, last] = [firstOf(history).epoch, lastOf(history).epoch];
  return plotPanel({
    width,
    height,
    margin: 0,
    marginTop: TOP,
    marginLeft: LEFT,
    marginRight: right,
    marginBottom: BOTTOM,
    x: { type: "linear", domain: [first, last > first ? last : first + 1], axis: null },
    y: { type: "linear", domain },
    marks: [
      Plot.gridY({ stroke: colour("line"), strokeOpacity: 1, ticks }),
      Plot.axisY({ label, labelArrow: "none", ticks, tickSize: 0 }),
      ...(hasAxis ? [epochAxis(width)] : []),
      ...marks,
    ],
  });
}

const epochAxis = (width: number): Plot.Markish =>
  Plot.axisX({
    ...AXIS_LABEL,
    label: "epoch",
    tickSize: 4,
    ticks: isNarrow({ width }) ? 4 : 8,
    tickFormat: (epoch: number) => (Number.isInteger(epoch) ? String(epoch) : ""),
  });

/** One of the lines over the epochs. */
interface Curve {
  readonly label: string;
  readonly ink: string;
  readonly dash?: string;
  readonly strokeWidth: number;
  readonly value: (epoch: Epoch) => number | null | undefined;
}

const CURVES: readonly Curve[] = [
  {
    label: "recon.",
    ink: colour("second"),
    dash: "1.5,3",
    strokeWidth: 1.5,
    value: ({ reconstruction }) => reconstruction,
  },
  { label: "train", ink: colour("second"), strokeWidth: 1.5, value: ({ train }) => train },
  { label: "valid", ink: colour("series"), strokeWidth: 2.25, value: ({ valid }) => valid },
];

function boundPanel(frame: Frame, baselines: readonly Baseline[], hasAxis: boolean): Panel {
  const { history, right } = frame;
  const { low, high } = boundScale(history, baselines);
  const shown = CURVES.filter(({ value }) => history.some((epoch) => isFiniteNumber(value(epoch))));
  const levels = baselines.filter(({ natsPerStep }) => Number.isFinite(natsPerStep));
  const labels = [...shown.map((curve) => ending(curve, history)), ...levels.map(levelLabel)];
  return epochPanel(frame, {
    height: HEIGHT,
    domain: [low, high],
    label: "nats per step, more is better ↑",
    ticks: 6,
    hasAxis,
    marks: [
      Plot.ruleY(levels, { y: "natsPerStep", stroke: colour("alarm"), strokeDasharray: "5,4" }),
      ...shown.map((curve) => curveMark(history, curve, low)),
      ...bestMarks(history, low),
      endLabels(labels, { low, high, right }),
    ],
  });
}

function curveMark(
  history: readonly Epoch[],
  { value, ink, dash, strokeWidth }: Curve,
  low: number,
): Plot.Markish {
  const points = history.map((epoch) => {
    const y = value(epoch);
    return { epoch: epoch.epoch, y: isFiniteNumber(y) && y >= low ? y : Number.NaN };
  });
  return Plot.line(points, {
    x: "epoch",
    y: "y",
    stroke: ink,
    strokeWidth,
    ...(dash && { strokeDasharray: dash }),
  });
}

/** The epoch whose weights were kept. */
function bestMarks(history: readonly Epoch[], low: number): Plot.Markish[] {
  const best = bestEpoch(history);
  if (best === undefined || best.valid < low) return [];
  const [first, last] = [firstOf(history).epoch, lastOf(history).epoch];
  const isLate = best.epoch - first > (last - first) / 2;
  const side = isLate ? ({ textAnchor: "end", dx: -6 } as const) : ({ textAnchor: "start", dx: 6 } as const);
  return [
    Plot.ruleX([best], { x: "epoch", stroke: colour("series"), strokeOpacity: 0.45 }),
    Plot.dot([best], {
      x: "epoch",
      y: "valid",
      r: 4.5,
      fill: colour("series"),
      stroke: colour("card"),
      strokeWidth: 1.5,
    }),
    Plot.text([best], {
      x: "epoch",
      text: ({ epoch }: Epoch) => `best: epoch ${epoch}`,
      frameAnchor: "bottom",
      dy: -8,
      fill: colour("series"),
      ...side,
    }),
  ];
}

interface EndLabel {
  readonly value: number;
  readonly name: string;
  readonly ink: string;
}

function ending({ label, ink, value }: Curve, history: readonly Epoch[]): EndLabel {
  const values = history.map(value).filter(isFiniteNumber);
  return { value: lastOf(values), name: label, ink };
}

const levelLabel = ({ label, natsPerStep }: Baseline): EndLabel => ({
  value: natsPerStep,
  name: label,
  ink: colour("soft"),
});

/** Names and last values right of the curves, pushed apart where they would overlap. */
function endLabels(
  labels: readonly EndLabel[],
  { low, high, right }: { low: number; high: number; right: number },
): Plot.Markish {
  const perPixel = (high - low) / (HEIGHT - TOP - BOTTOM);
  const places = spread(
    labels.map(({ value }) => value),
    15 * perPixel,
    low,
    high,
  );
  const room = (value: number) =>
    Math.floor((right - 14 - textWidth(` ${formatNats(value)}`)) / textWidth("x"));
  const entries = labels.map(({ value, name, ink }, i) => ({
    y: places[i]!,
    text: `${shorten(name, room(value))} ${formatNats(value)}`,
    ink,
  }));
  return Plot.text(entries, {
    y: "y",
    text: "text",
    fill: "ink",
    frameAnchor: "right",
    textAnchor: "start",
    dx: 8,
  });
}

function klPanel(frame: Frame): Panel {
  const points = frame.history.map(({ epoch, kl }) => ({ epoch, kl: isFiniteNumber(kl) ? kl : Number.NaN }));
  const last = points.findLast(({ kl }) => !Number.isNaN(kl))!;
  const [low, high] = extent(
    [0, 1e-6],
    points.map(({ kl }) => kl),
  )!;
  return epochPanel(frame, {
    height: KL_HEIGHT,
    domain: [low, high * 1.1],
    label: "KL divergence, nats per step ↑",
    ticks: 3,
    hasAxis: true,
    marks: [
      Plot.areaY(points, { x: "epoch", y: "kl", fill: colour("second"), fillOpacity: 0.18 }),
      Plot.line(points, { x: "epoch", y: "kl", stroke: colour("second"), strokeWidth: 1.5 }),
      endLabels([{ value: last.kl, name: "KL", ink: colour("second") }], {
        low,
        high: high * 1.1,
        right: frame.right,
      }),
    ],
  });
}
