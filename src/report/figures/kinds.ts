import * as Plot from "@observablehq/plot";
import type { KindRecall } from "../content.ts";
import { type Canvas, column, emptyPanel, isNarrow, type Key, legend, plotPanel, svgOf } from "../panel.ts";
import { colour } from "../theme.ts";
import { formatNumber, shorten } from "../words.ts";

const ROW = 30;

/** How many incidents of each kind were found: a box per incident, filled when it was. */
export function kindsFigure(kinds: readonly KindRecall[], canvas: Canvas): string {
  const label = "Incidents found per kind";
  if (kinds.length === 0) return svgOf(emptyPanel(canvas.width, "no incidents"), label);
  const [left, right] = isNarrow(canvas) ? [112, 88] : [160, 190];
  const panel = plotPanel({
    width: canvas.width,
    height: kinds.length * ROW,
    margin: 0,
    marginLeft: left,
    marginRight: right,
    x: { type: "linear", domain: [0, Math.max(...kinds.map(({ total }) => total), 1)], axis: null },
    y: { type: "linear", domain: [kinds.length - 0.5, -0.5], axis: null },
    marks: [...boxMarks(kinds), ...textMarks(kinds, left, isNarrow(canvas))],
  });
  return svgOf(column([legend(KEYS, canvas.width), panel], 6), label);
}

const KEYS: readonly Key[] = [
  { label: "found", colour: colour("found"), mark: "filled" },
  { label: "missed", colour: colour("missed"), mark: "outlined" },
];

/** One incident, or many of one fate. */
interface Box {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly isFound: boolean;
}

function boxMarks(kinds: readonly KindRecall[]): Plot.Markish[] {
  const boxes = kinds.flatMap(boxesOf);
  const [found, missed] = [boxes.filter(({ isFound }) => isFound), boxes.filter(({ isFound }) => !isFound)];
  const place = {
    x1: "from",
    x2: "to",
    y1: ({ row }: Box) => row - 0.28,
    y2: ({ row }: Box) => row + 0.28,
    inset: 1.5,
    rx: 2,
  } as const;
  return [
    Plot.rect(found, { ...place, fill: colour("found") }),
    Plot.rect(missed, { ...place, fill: "none", stroke: colour("missed"), strokeWidth: 1.5 }),
  ];
}

const MOST_BOXES = 40;

/** A box per incident; when they are too many to tell apart, one for those found and one for those missed. */
function boxesOf({ total, found }: KindRecall, row: number): Box[] {
  if (total <= MOST_BOXES) {
    return Array.from({ length: total }, (_, i) => ({ row, from: i, to: i + 1, isFound: i < found }));
  }
  const both = [
    { row, from: 0, to: found, isFound: true },
    { row, from: found, to: total, isFound: false },
  ];
  return both.filter(({ from, to }) => to > from);
}

function textMarks(kinds: readonly KindRecall[], left: number, narrow: boolean): Plot.Markish[] {
  const place = { y: (_: KindRecall, row: number) => row, textAnchor: "start" } as const;
  return [
    Plot.text(kinds, {
      ...place,
      text: ({ kind }: KindRecall) => shorten(kind, Math.floor((left - 8) / 6.4)),
      frameAnchor: "left",
      dx: -left,
      fill: colour("ink"),
    }),
    Plot.text(kinds, {
      ...place,
      text: (kind: KindRecall) => summary(kind, narrow),
      frameAnchor: "right",
      dx: 10,
    }),
  ];
}

function summary({ total, found, medianDelaySeconds: delay }: KindRecall, narrow: boolean): string {
  const seconds = delay === null ? "" : `${formatNumber(delay, 2)} s`;
  if (narrow) return `${found}/${total}${seconds && ` · ${seconds}`}`;
  return `${found} of ${total}${seconds && `, median delay ${seconds}`}`;
}
