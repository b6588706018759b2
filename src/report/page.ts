import { styleSheet } from "./style.ts";
import { escapeText } from "./words.ts";

/** A part of the page; `body` is markup. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** A sentence or two on what is to be seen. */
  readonly lead: string;
  readonly body: string;
}

export interface Tile {
  readonly label: string;
  readonly value: string;
}

export interface Page {
  readonly title: string;
  readonly subtitle: string;
  readonly tiles: readonly Tile[];
  readonly facts: readonly Tile[];
  readonly sections: readonly Section[];
}

/** Nothing may be loaded or run, whatever a name in the data tries; pictures and sound stand in the page itself. */
const POLICY =
  "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The whole document: it stands by itself, with no script and nothing to load. */
export function renderPage({ title, subtitle, tiles, facts, sections }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>${escapeText(title)}</title>
<style>${styleSheet()}</style>
</head>
<body>
<header>
<h1>${escapeText(title)}</h1>
<p class="subtitle">${escapeText(subtitle)}</p>
${definitions("tiles", tiles, "tile")}${definitions("facts", facts)}${contents(sections)}
</header>
<main>
${sections.map(renderSection).join("\n")}
</main>
<footer>Made with vrnn. This file stands by itself: it loads nothing and runs no script.</footer>
</body>
</html>
`;
}

function definitions(name: string, entries: readonly Tile[], entryName = ""): string {
  if (entries.length === 0) return "";
  const attribute = entryName && ` class="${entryName}"`;
  const items = entries.map(
    ({ label, value }) => `<div${attribute}><dt>${escapeText(label)}</dt><dd>${escapeText(value)}</dd></div>`,
  );
  return `<dl class="${name}">${items.join("")}</dl>\n`;
}

function contents(sections: readonly Section[]): string {
  if (sections.length < 2) return "";
  const links = sections.map(({ id, title }) => `<a href="#${id}">${escapeText(title)}</a>`);
  return `<nav aria-label="Contents">${links.join("")}</nav>`;
}

const renderSection = ({ id, title, lead, body }: Section) =>
  `<section id="${id}"><h2>${escapeText(title)}</h2><p class="lead">${escapeText(lead)}</p>${body}</section>`;

/** A cell of a table: text, or markup that was made here. */
export type Cell = string | { readonly markup: string };

/** How a column of a table is set. */
export interface TableColumn {
  readonly title: string;
  readonly isNumber?: boolean;
}

export function renderTable(columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]): string {
  const kind = (index: number) => (columns[index]?.isNumber ? ' class="number"' : "");
  const head = columns.map(({ title }, i) => `<th scope="col"${kind(i)}>${escapeText(title)}</th>`);
  const body = rows.map(
    (cells) => `<tr>${cells.map((cell, i) => `<td${kind(i)}>${cellMarkup(cell)}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll"><table><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

const cellMarkup = (cell: Cell) => (typeof cell === "string" ? escapeText(cell) : cell.markup);

/** A part that can be folded away. */
export function renderDetails(summary: string, remark: string, body: string, isOpen: boolean): string {
  const aside = remark && ` <span class="muted">${escapeText(remark)}</span>`;
  return `<details${isOpen ? " open" : ""}><summary>${escapeText(summary)}${aside}</summary>${body}</details>`;
}
