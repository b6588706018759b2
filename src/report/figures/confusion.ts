import * as Plot from "@observablehq/plot";
import { type Canvas, column, heading, plotPanel, svgOf, textWidth } from "../panel.ts";
import { colour } from "../theme.ts";
import { formatShare, shorten } from "../words.ts";

/** What labels were told to be. */
export interface ConfusionContent {
  readonly levels: readonly string[];
  /** `[L][L]`: how many of a true level (row) were told to be of each (column). */
  readonly confusion: readonly (readonly number[])[];
}

const [CELL, MOST_LETTERS] = [24, 22];
/** So many levels are shown: those of which most are told wrongly. */
const MOST_LEVELS = 24;

interface Cell {
  readonly truth: number;
  readonly told: number;
  readonly count: number;
  /** Of its row. */
  readonly share: number;
}

/** Each true label as a row, each that was told as a column: the darker, the more of the row; what is wrong in another colour. */
export function confusionFigure({ levels, confusion }: ConfusionContent, { width }: Canvas): string {
  const shown = mostConfused(confusion);
  const cells = shown.flatMap((truth) =>
    shown.map((told): Cell => {
      const [count, all] = [confusion[truth]![told]!, total(confusion[truth]!)];
      return { truth, told, count, share: count / Math.max(1, all) };
    }),
  );
  const name = (level: number) => shorten(levels[level]!, MOST_LETTERS);
  const margin = Math.max(...shown.map((level) => textWidth(name(level)))) + 20;
  const side = shown.length * CELL;
  const seen = cells.filter(({ count }) => count > 0);
  const panel = plotPanel({
    width: Math.min(width, margin + side + 8),
    height: margin + side + 8,
    ...{ marginLeft: margin, marginTop: margin, marginRight: 8, marginBottom: 8 },
    x: { type: "band", domain: shown, padding: 0.06 },
    y: { type: "band", domain: shown, padding: 0.06 },
    marks: [
      Plot.axisX({ anchor: "top", tickSize: 0, tickRotate: -90, tickFormat: name, label: null }),
      Plot.axisY({ tickSize: 0, tickFormat: name, label: null }),
      Plot.rect(seen, {
        ...{ x: "told", y: "truth" },
        fill: ({ truth, told }: Cell) => colour(truth === told ? "found" : "missed"),
        fillOpacity: ({ share }: Cell) => 0.12 + 0.88 * share,
        title: ({ truth, told, count, share }: Cell) =>
          `${levels[truth]}: ${count} told to be ${levels[told]} (${formatShare(share)})`,
      }),
      Plot.text(seen, {
        ...{ x: "told", y: "truth", text: ({ count }: Cell) => String(count) },
        fill: colour("ink"),
      }),
    ],
  });
  const of =
    shown.length < levels.length ? `: the ${shown.length} of ${levels.length} told wrongly most often` : "";
  const lead = heading(`rows are true labels, columns what was told${of}`, { width });
  return svgOf(column([lead, panel], 4), "What labels were told to be");
}

const total = (counts: readonly number[]): number => counts.reduce((all, each) => all + each, 0);

/** The levels that are told wrongly, or wrongly told, most often, in their order. */
function mostConfused(confusion: ConfusionContent["confusion"]): number[] {
  const wrong = confusion.map((row, level) => {
    const told = confusion.reduce((all, other) => all + other[level]!, 0);
    return total(row) + told - 2 * row[level]!;
  });
  return [...confusion.keys()]
    .sort((a, b) => wrong[b]! - wrong[a]! || a - b)
    .slice(0, MOST_LEVELS)
    .sort((a, b) => a - b);
}
