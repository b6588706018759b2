import * as Plot from "@observablehq/plot";
import { firstOf, lastOf } from "../../collections.ts";
import { varianceOf } from "../../metrics/moments.ts";
import { type Components, principalComponents } from "../components.ts";
import type { LatentTrajectory } from "../content.ts";
import {
  AXIS_LABEL,
  type Canvas,
  column,
  emptyPanel,
  heading,
  isNarrow,
  type Panel,
  plotPanel,
  row,
  svgOf,
} from "../panel.ts";
import { colour, timeColour } from "../theme.ts";
import { extent } from "../thin.ts";
import { formatShare, shorten } from "../words.ts";
import { rowMargins, rowsPanel } from "./rows.ts";

const MOST_DIMENSIONS = 6;

/** A dimension and its part of the whole, of the divergence or, where that is unknown, of the variance. */
interface Activity {
  readonly dimension: number;
  readonly share: number;
}

/** The most active dimensions, the most active first. */
export function activeDimensions({ dimensions, kl }: LatentTrajectory): Activity[] {
  const sizes = dimensions.map((values, i) => Math.max(0, kl ? (kl[i] ?? 0) : varianceOf(values) || 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const all = sizes.map((size, dimension) => ({ dimension, share: total > 0 ? size / total : 0 }));
  return all.sort((a, b) => b.share - a.share).slice(0, MOST_DIMENSIONS);
}

/** The most active latent dimensions over time. */
export function trajectoriesFigure(trajectory: LatentTrajectory, canvas: Canvas): string {
  const of = trajectory.kl ? "of KL" : "of variance";
  const rows = activeDimensions(trajectory).map(({ dimension, share }) => ({
    label: `z${subscript(dimension + 1)}`,
    note: `${formatShare(share, 2)} ${of}`,
    values: trajectory.dimensions[dimension]!,
  }));
  const options = { ...canvas, ...rowMargins(canvas), times: trajectory.times };
  const panel =
    rows.length === 0 ? emptyPanel(canvas.width, "no latent dimensions") : rowsPanel(rows, options);
  return svgOf(panel, "Latent trajectories");
}

const subscript = (number: number) => String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]!);

const GAP = 24;
const MOST_POINTS = 1500;

/** The paths of sequences in the plane in which all of them together move most, coloured by time. */
export function latentPathFigure(trajectories: readonly LatentTrajectory[], canvas: Canvas): string {
  const label = "Latent paths";
  const thinned = trajectories.map(({ name, dimensions }) => ({ name, points: pointsOf(dimensions) }));
  const all = thinned.flatMap(({ points }) => points);
  if (all.length === 0) return svgOf(emptyPanel(canvas.width, "no latent dimensions"), label);
  const perRow = isNarrow(canvas) ? 1 : Math.min(3, Math.max(2, thinned.length));
  const width = Math.min(420, (canvas.width - GAP * (perRow - 1)) / perRow);
  const components = principalComponents(all);
  let from = 0;
  const panels = thinned.map(({ name, points }) => {
    const path = points.map((_, t) => ({
      x: components.first[from + t]!,
      y: components.second[from + t]!,
      t,
    }));
    from += points.length;
    return column([
      heading(shorten(name, Math.floor(width / 7)), { width }),
      pathPanel(path, components, width),
    ]);
  });
  const lines = Array.from({ length: Math.ceil(panels.length / perRow) }, (_, i) =>
    row(panels.slice(i * perRow, (i + 1) * perRow), GAP),
  );
  return svgOf({ ...column([timeLegend(), column(lines, 8)], 4), width: canvas.width }, label);
}

/** `[points][dimensions]` of `[dimensions][steps]`: every k-th step where there are too many to see. */
function pointsOf(dimensions: LatentTrajectory["dimensions"]): number[][] {
  const steps = dimensions[0]?.length ?? 0;
  const stride = Math.ceil(steps / MOST_POINTS) || 1;
  return Array.from({ length: Math.ceil(steps / stride) }, (_, i) =>
    dimensions.map((values) => finite(values[i * stride])),
  );
}

const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : 0);

interface PathPoint {
  readonly x: number;
  readonly y: number;
  readonly t: number;
}

const TINTS = 24;

/** Equal units on both axes: a direction that explains little looks as small as it is. */
function pathPanel(path: readonly PathPoint[], { first, second, shares }: Components, width: number): Panel {
  const [xs, ys] = [extent(first) ?? [-1, 1], extent(second) ?? [-1, 1]];
  const reach = Math.max(xs[1] - xs[0], ys[1] - ys[0], 1e-9) * 0.54;
  const [cx, cy] = [(xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2];
  const tint = ({ t }: PathPoint) => timeColour(Math.floor((t / path.length) * TINTS) / (TINTS - 1));
  const ends = path.length > 0 ? [firstOf(path), lastOf(path)] : [];
  return plotPanel({
    width,
    height: width + 10,
    margin: 8,
    marginTop: 26,
    marginLeft: 40,
    marginBottom: 40,
    x: { type: "linear", domain: [cx - reach, cx + reach] },
    y: { type: "linear", domain: [cy - reach, cy + reach] },
    marks: [
      Plot.frame({ stroke: colour("line") }),
      Plot.axisX({
        ...QUIET,
        ...AXIS_LABEL,
        label: `first component, ${formatShare(shares[0], 2)} of variance`,
      }),
      Plot.axisY({ label: `second component, ${formatShare(shares[1], 2)} of variance ↑`, ...QUIET }),
      Plot.line(path, { x: "x", y: "y", z: null, stroke: tint, strokeWidth: 1.3, strokeOpacity: 0.85 }),
      Plot.dot(ends, { x: "x", y: "y", r: 4.5, fill: tint, stroke: colour("card"), strokeWidth: 1.5 }),
    ],
  });
}

const QUIET = { labelArrow: "none", ticks: 4, tickSize: 0 } as const;

/** A strip of the colours of time, with its ends named. */
function timeLegend(): Panel {
  const strip = Array.from({ length: TINTS }, (_, i) => {
    return `<rect x="${36 + i * 5}" y="5" width="5" height="8" fill="${timeColour(i / (TINTS - 1))}"/>`;
  });
  const markup = `<text y="13">start</text>${strip.join("")}<text x="${44 + TINTS * 5}" y="13">end</text>`;
  return { width: 220, height: 24, markup };
}
