import { type Dataset, SPLIT_NAMES } from "../../data/dataset.ts";
import { columnRows } from "../../data/summary.ts";
import { counted } from "../../words/figures.ts";
import type { Album } from "../album.ts";
import type { Clock, ColumnSummary, ReportContent, SplitExcerpt } from "../content.ts";
import { excerptOf } from "../excerpt.ts";
import { excerptFigure, excerptReading } from "../figures/excerpt.ts";
import { renderDetails, renderTable } from "../page.ts";
import { type ReportSection, type ReportSource, tableIn } from "../section.ts";
import { escapeText } from "../words.ts";

/** What the files hold. */
export const data: ReportSection = { id: "data", content: dataContent, render };

function render(content: ReportContent, album: Album): ReturnType<ReportSection["render"]> {
  const { columns, excerpts, notes } = content;
  if (columns.length + excerpts.length + notes.length === 0) return undefined;
  const headers = [
    { title: "Column" },
    { title: "Kind" },
    { title: "Range" },
    { title: "Missing", isNumber: true },
    { title: "Resolution", isNumber: true },
  ];
  const rows = columns.map(({ name, kind, range, missing, resolution }) => [
    name,
    kind,
    range,
    missing,
    resolution,
  ]);
  const table = columns.length > 0 ? renderTable(headers, rows) : "";
  const list =
    notes.length > 0
      ? `<ul class="notes">${notes.map((note) => `<li>${escapeText(note)}</li>`).join("")}</ul>`
      : "";
  const figures = excerpts.map((excerpt, i) => excerptDetails(excerpt, i, album));
  return {
    title: "The data",
    lead: "What the files hold, and a stretch of each split as the model sees it.",
    body: table + list + figures.join(""),
  };
}

function excerptDetails(excerpt: SplitExcerpt, index: number, album: Album): string {
  const figure = album.add(
    {
      name: `excerpt-${index + 1}-${excerpt.split}-${excerpt.name}`,
      title: `${excerpt.split}: ${excerpt.name}`,
      reading: excerptReading(excerpt),
      draw: (canvas) => excerptFigure(excerpt, canvas),
    },
    { isTitled: false },
  );
  return renderDetails(
    `${excerpt.split}: ${excerpt.name}`,
    counted(excerpt.times.length, "step"),
    figure,
    index === 0,
  );
}

/** The parts of a report that show the data; of what is no table the notes alone. */
function dataContent(source: ReportSource): Partial<ReportContent> {
  const table = tableIn(source);
  return table === undefined
    ? { clock: "steps", notes: source.data.notes }
    : tableContent(table, source.units);
}

function tableContent(
  { columns, splits, notes, time, modality }: Dataset,
  units: ReportSource["units"],
): Partial<ReportContent> {
  const shown = { units, material: modality?.name };
  const excerpts = SPLIT_NAMES.flatMap((split) =>
    splits[split].slice(0, 1).map((sequence) => ({ split, ...excerptOf(columns, sequence, shown) })),
  );
  const clock: Clock = time === undefined ? "steps" : time.kind === "date" ? "date" : "seconds";
  return {
    clock,
    columns: columnRows(columns).map(summaryOf),
    excerpts,
    notes,
  };
}

const summaryOf = ([
  name = "",
  kind = "",
  range = "",
  missing = "",
  resolution = "",
]: readonly string[]): ColumnSummary => ({
  name,
  kind,
  range,
  missing,
  resolution,
});
