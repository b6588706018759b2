import * as Plot from "@observablehq/plot";
import { AXIS_LABEL, type Canvas, column, emptyPanel, heading, plotPanel, spread, svgOf } from "../panel.ts";
import { colour } from "../theme.ts";
import { extent } from "../thin.ts";
import { formatShare, shorten } from "../words.ts";

/** A sequence as a point. */
export interface LatentPoint {
  readonly x: number;
  readonly y: number;
  /** From 0. */
  readonly cluster: number;
  readonly name: string;
  /** Whether it is the typical one of its cluster. */
  readonly isTypical: boolean;
}

/** Sequences in the plane in which they differ most. */
export interface LatentSpaceContent {
  readonly points: readonly LatentPoint[];
  /** Shares of the variance along x and y. */
  readonly shares: readonly [number, number];
}

/** Hues that are told apart by most eyes (Okabe and Ito, *Color Universal Design*), the yellow left out as it is pale on paper. */
const HUES = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f"];
const SYMBOLS = ["circle", "square", "triangle", "diamond", "cross", "star"] as const;

/** The colour of a cluster; after seven they come again, with another sign. */
export const clusterColour = (cluster: number): string => HUES[cluster % HUES.length]!;
const signOf = (cluster: number) => SYMBOLS[(cluster + Math.floor(cluster / HUES.length)) % SYMBOLS.length]!;

const HEIGHT = 560;
/** Names are this share of the height apart. */
const NAME_GAP = 0.035;

/** Each sequence as a point, its cluster told by colour and sign, the typical ones by name. */
export function latentSpaceFigure({ points, shares }: LatentSpaceContent, { width }: Canvas): string {
  const label = "Sequences in the latent space";
  if (points.length === 0) return svgOf(emptyPanel(width, "no sequences"), label);
  const [low, high] = padded(points.map(({ y }) => y));
  const named = points.filter(({ isTypical }) => isTypical);
  const places = spread(
    named.map(({ y }) => y),
    (high - low) * NAME_GAP,
    low,
    high,
  );
  const typical = named.map((point, i) => ({ ...point, nameAt: places[i]! }));
  const place = { x: "x", y: "y" } as const;
  const sign = ({ cluster }: LatentPoint) => signOf(cluster);
  const hue = ({ cluster }: LatentPoint) => clusterColour(cluster);
  const panel = plotPanel({
    width,
    height: HEIGHT,
    marginLeft: 44,
    marginBottom: 42,
    marginRight: 96,
    x: { type: "linear", domain: padded(points.map(({ x }) => x)) },
    y: { type: "linear", domain: [low, high] },
    symbol: { type: "identity" },
    marks: [
      Plot.frame({ stroke: colour("line") }),
      Plot.axisX({
        ...QUIET,
        ...AXIS_LABEL,
        label: `first component, ${formatShare(shares[0], 2)} of variance`,
      }),
      Plot.axisY({ ...QUIET, label: `second component, ${formatShare(shares[1], 2)} of variance ↑` }),
      Plot.dot(points, { ...place, symbol: sign, fill: hue, r: 3.2, fillOpacity: 0.55 }),
      Plot.dot(typical, { ...place, symbol: sign, fill: hue, r: 6, stroke: colour("ink"), strokeWidth: 1.5 }),
      Plot.text(typical, {
        x: "x",
        y: "nameAt",
        text: ({ cluster, name }: LatentPoint) => `${cluster + 1}: ${shorten(name, 14)}`,
        fill: colour("ink"),
        stroke: colour("card"),
        strokeWidth: 4,
        textAnchor: "start",
        dx: 10,
        fontWeight: 600,
      }),
    ],
  });
  return svgOf(
    column([heading("the typical sequence of each cluster is named", { width }), panel], 4),
    label,
  );
}

const QUIET = { labelArrow: "none", ticks: 5, tickSize: 0 } as const;

function padded(values: readonly number[]): [number, number] {
  const [low, high] = extent(values) ?? [-1, 1];
  const room = 0.05 * (high - low || 1);
  return [low - room, high + room];
}
