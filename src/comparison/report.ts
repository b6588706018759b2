/** A comparison as a picture and as a page. */
import { newAlbum } from "../report/album.ts";
import { standingsFigure } from "../report/figures/nats.ts";
import { renderPage, renderTable } from "../report/page.ts";
import { escapeText } from "../report/words.ts";
import { counted, rate } from "../words/figures.ts";
import type { Comparing } from "./compare.ts";
import { cellsOf, conclusion, headsOf, type Table } from "./words.ts";

/** What is written. */
export interface ComparisonReport {
  readonly html: string;
  readonly picture: string;
}

/** The heads of columns that hold no number. */
const WORDS: ReadonlySet<string> = new Set(["model", "beside the best"]);

/** @param name of the data */
export function comparisonReport(
  table: Table,
  { name, ...comparing }: Comparing & { readonly name: string },
): ComparisonReport {
  const album = newAlbum("steps");
  const title = `Models of ${name}`;
  const figure = album.add(
    {
      name: "compare",
      title,
      reading:
        "Nats per step of the test split, more is better, with intervals of 95 % by stretches drawn anew. A hollow dot is a lower bound.",
      draw: (canvas) => standingsFigure(table.standings, canvas),
    },
    { isTitled: false },
  );
  const page = renderPage({
    title,
    subtitle: conclusion(table)[0]!,
    tiles: [],
    facts: factsOf(comparing),
    sections: [
      { id: "standings", title: "How they stand", lead: LEAD, body: figure + tableMarkup(table) },
      { id: "conclusion", title: "What to conclude", lead: "", body: conclusionMarkup(table) },
    ],
  });
  return { html: page, picture: album.pictures["compare.svg"]! };
}

const LEAD =
  "Every model learned from the same training split, and told the same steps of the test split, by what came before in each sequence; a bound whose posterior smooths (SRNN, DMM) holds for whole sequences alone.";

const factsOf = ({ data, budget, seed, particles }: Comparing) => [
  { label: "columns", value: String(data.columns.length) },
  {
    label: "test split",
    value: `${counted(data.splits.test.length, "sequence")}, ${counted(
      data.splits.test.reduce((sum, { length }) => sum + length, 0),
      "step",
    )}`,
  },
  { label: "budget of each model", value: `${rate(budget)} s, its search included` },
  {
    label: "bounds are told by",
    value: particles === 0 ? "one draw (ELBO)" : counted(particles, "particle"),
  },
  { label: "seed", value: String(seed) },
];

function tableMarkup(table: Table): string {
  const columns = headsOf(table).map((title) => ({ title, isNumber: !WORDS.has(title) }));
  return renderTable(
    columns,
    table.standings.map((standing, place) => cellsOf(standing, place, table)),
  );
}

function conclusionMarkup(table: Table): string {
  const refusals = table.refusals.map(({ name, refused }) => `${name} takes no part: ${refused}.`);
  const paragraphs = [conclusion(table).join(" "), ...refusals];
  return paragraphs.map((text) => `<p>${escapeText(text)}</p>`).join("");
}
