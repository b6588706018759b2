import * as Plot from "@observablehq/plot";
import type { KindRecall } from "../content.ts";
import { type Canvas, column, emptyPanel, finish, isNarrow, legend, plotPanel } from "../panel.ts";
import { colour } from "../theme.ts";
import { formatNumber, shorten } from "../words.ts";

const ROW = 30;

/** How many incidents of each kind were found: a box per incident, filled when it was. */
export function kindsFigure(kinds: readonly KindRecall[], canvas: Canvas): string {
  const label = "Incidents found per kind";
  if (kinds.length === 0) return finish(emptyPanel(canvas.width, "no incidents"), label);
  const narrow = isNarrow(canvas);
  const left = narrow ? 112 : 160;
  const most = Math.max(...kinds.map(({ total }) => total), 1);
  const right = narrow ? 88 : 190;
  const boxes = kinds.flatMap(({ total, found }, row) =>
    boxesOf(total, found).map(([from, to, isFound]) => ({ row, from, to, isFound })),
  );
  const place = {
    x1: "from",
    x2: "to",
    y1: ({ row }: { row: number }) => row - 0.28,
    y2: ({ row }: { row: number }) => row + 0.28,
    inset: 1.5,
    rx: 2,
  } as const;
  const panel = plotPanel({
    width: canvas.width,
    height: kinds.length * ROW,
    margin: 0,
    marginLeft: left,
    marginRight: right,
    x: { type: "linear", domain: [0, most], axis: null },
    y: { type: "linear", domain: [kinds.length - 0.5, -0.5], axis: null },
    marks: [
      Plot.rect(
        boxes.filter(({ isFound }) => isFound),
        { ...place, fill: colour("found") },
      ),
      Plot.rect(
        boxes.filter(({ isFound }) => !isFound),
        { ...place, fill: "none", stroke: colour("missed"), strokeWidth: 1.5 },
      ),
      Plot.text(kinds, {
        y: (_: KindRecall, row: number) => row,
        text: ({ kind }: KindRecall) => shorten(kind, Math.floor((left - 8) / 6.4)),
        frameAnchor: "left",
        textAnchor: "start",
        dx: -left,
        fill: colour("ink"),
      }),
      Plot.text(kinds, {
        y: (_: KindRecall, row: number) => row,
        text: (kind: KindRecall) => summary(kind, narrow),
        frameAnchor: "right",
        textAnchor: "start",
        dx: 10,
      }),
    ],
  });
  const keys = legend(
    [
      { label: "found", colour: colour("found"), mark: "filled" },
      { label: "missed", colour: colour("missed"), mark: "outlined" },
    ],
    canvas.width,
  );
  return finish(column([keys, panel], 6), label);
}

/** A box per incident; when they are too many to tell apart, one for those found and one for those missed. */
function boxesOf(total: number, found: number): [number, number, boolean][] {
  if (total > 40)
    return [
      [0, found, true] as [number, number, boolean],
      [found, total, false] as [number, number, boolean],
    ].filter(([from, to]) => to > from);
  return Array.from({ length: total }, (_, i): [number, number, boolean] => [i, i + 1, i < found]);
}

function summary({ total, found, medianDelaySeconds: delay }: KindRecall, narrow: boolean): string {
  const seconds = delay === null ? "" : `${formatNumber(delay, 2)} s`;
  if (narrow) return `${found}/${total}${seconds && ` · ${seconds}`}`;
  return `${found} of ${total}${seconds && `, median delay ${seconds}`}`;
}
