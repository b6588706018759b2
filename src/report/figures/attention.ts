import * as Plot from "@observablehq/plot";
import type { AttentionContent } from "../content.ts";
import { type Canvas, plotPanel, svgOf, textWidth } from "../panel.ts";
import { colour } from "../theme.ts";
import { formatShare, shorten } from "../words.ts";

const [CELL, MOST_LETTERS] = [22, 14];

/** Each token that was written as a row, each that was read as a column: the darker, the more it counted. */
export function attentionFigure({ source, written, shares }: AttentionContent, { width }: Canvas): string {
  const cells = written.flatMap((_, t) => source.map((_, s) => ({ s, t, share: shares[t]![s]! })));
  const label = (tokens: readonly string[]) => (place: number) => shorten(tokens[place]!, MOST_LETTERS);
  const widest = (tokens: readonly string[]) =>
    Math.max(...tokens.map((token) => textWidth(shorten(token, MOST_LETTERS)))) + 20;
  const marginLeft = widest(written);
  const marginTop = widest(source);
  const panel = plotPanel({
    width: Math.min(width, marginLeft + source.length * CELL + 8),
    height: marginTop + written.length * CELL + 8,
    ...{ marginLeft, marginTop, marginRight: 8, marginBottom: 8 },
    x: { type: "band", domain: [...source.keys()], padding: 0.06 },
    y: { type: "band", domain: [...written.keys()], padding: 0.06 },
    marks: [
      Plot.axisX({ anchor: "top", tickSize: 0, tickRotate: -90, tickFormat: label(source), label: null }),
      Plot.axisY({ tickSize: 0, tickFormat: label(written), label: null }),
      Plot.rect(cells, {
        ...{ x: "s", y: "t", fill: colour("series") },
        fillOpacity: ({ share }: { readonly share: number }) => 0.04 + 0.96 * share,
        title: ({ s, t, share }: { readonly s: number; readonly t: number; readonly share: number }) =>
          `${written[t]} looked at ${source[s]}: ${formatShare(share)}`,
      }),
    ],
  });
  return svgOf(panel, `Where the model looked while it wrote ${written.length} tokens`);
}
