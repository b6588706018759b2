/**
 * Tables made of rows. docs/results/tables/NAME.md is Markdown with places for figures; what it becomes stands in a
 * document between `<!-- results:NAME -->` and `<!-- /results -->`. A place is `{row .3}`, the value with three digits;
 * `{row .1%}` in per cent; `{row .0,}` as 2,004; `{row e1}` as 8.5e-7; `{row/baseline .3}` a baseline of the row; `{row@seconds}` the time
 * that it took; `{row@low .2}` and `{row@high .2}` the ends of the interval of the value; `{row@verdict}` ahead, level or behind.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bestBaseline, folder, root } from "./rows.mjs";

const place = /\{([\w-]+)(?:\/([^{}]+?)|@(seconds|low|high|verdict))?(?: (\.\d+[%,]?|e\d+))?\}/g;
const block = /(<!-- results:([\w-]+) -->\n)(?:(?!<!-- \/?results)[\s\S])*?(\n?<!-- \/results -->)/g;

/** The documents that quote figures. */
export const documents = [
  "README.md",
  ...["docs", "docs/results"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((file) => `${folder}/${file}`),
  ),
].filter((file) => file.endsWith(".md"));

/** Templates by name. */
export const readTemplates = () =>
  Object.fromEntries(
    readdirSync(join(folder, "tables")).map((file) => [
      basename(file, ".md"),
      readFileSync(join(folder, "tables", file), "utf8").trimEnd(),
    ]),
  );

/** Names of the rows that a template has places for. */
export const rowsIn = (template) => [...template.matchAll(place)].map(([, row]) => row);

/** A number as a format says: `.3`, `.1%`, `.0,`, `e1`; as it is without one. */
export function formatted(value, format = "") {
  const digits = Number(/\d+/.exec(format)?.[0]);
  if (format.startsWith("e")) return value.toExponential(digits);
  if (format.endsWith("%")) return (100 * value).toFixed(digits);
  if (format.endsWith(","))
    return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return format === "" ? String(value) : value.toFixed(digits);
}

const ends = ["low", "high"];

/** A field of a row, or an end of the interval of its value, which is kept as one of the difference from a baseline. */
const fieldOf = (row, field) =>
  ends.includes(field) && row?.interval
    ? row.interval[ends.indexOf(field)] + bestBaseline(row)
    : row?.[field];

/** Markdown with all places filled. In programs' output a minus is a hyphen. */
export function render(template, rows) {
  const byName = new Map(rows.map((row) => [row.row, row]));
  const fill = (whole, name, baseline, field = "value", format) => {
    const row = byName.get(name);
    const value = baseline === undefined ? fieldOf(row, field) : row?.baselines[baseline];
    if (field === "verdict" && typeof value === "string") return value;
    if (typeof value !== "number") throw new Error(`docs/results/tables: there is nothing for ${whole}`);
    return formatted(value, format);
  };
  const lines = template.split("\n").map((line) => {
    const isOutput = line.startsWith("    ");
    return line.replace(place, (...match) => {
      const text = fill(...match);
      return isOutput ? text : text.replace(/^-/, "−");
    });
  });
  return lines.join("\n");
}

/** A document with its tables made anew. */
export const regenerated = (text, templates, rows) =>
  text.replace(block, (_, head, name, foot) => {
    const template = templates[name];
    if (template === undefined) throw new Error(`docs/results/tables/${name}.md is missing`);
    return head + render(template, rows) + foot;
  });

/** Names of the tables in a document. */
export const tablesIn = (text) => [...text.matchAll(block)].map(([, , name]) => name);
