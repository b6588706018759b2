import { newAlbum } from "./album.ts";
import type { Fact, ReportContent } from "./content.ts";
import { bestEpoch } from "./figures/history.ts";
import { renderPage, type Tile } from "./page.ts";
import type { ReportSource } from "./section.ts";
import { sections } from "./sections/index.ts";
import { formatNats, formatNumber, formatShare } from "./words.ts";

/** A report as a document, and its pictures as files of their own. */
export interface RenderedReport {
  readonly html: string;
  /** File names such as `history.svg` to SVG documents. */
  readonly pictures: Readonly<Record<string, string>>;
}

/** How a report is headed. */
export type Heading = Pick<ReportContent, "title" | "subtitle" | "facts">;

/** The content of a report: of each section its part. */
export function contentOf(source: ReportSource, heading: Heading): ReportContent {
  const content: ReportContent = { ...heading, notes: [], columns: [], excerpts: [], history: [] };
  return Object.assign(content, ...sections.map((section) => section.content(source)));
}

/**
 * Writes a report: one HTML document that loads nothing, and every picture of it as an SVG document. All text in the
 * content is taken as text, whatever it holds.
 *
 * @example
 * const { html, pictures } = renderReport(content);
 * Object.keys(pictures); // ["comparison.svg", "history.svg", "excerpt-1-train-recording-1.svg"]
 */
export function renderReport(content: ReportContent): RenderedReport {
  const album = newAlbum(content.clock ?? "seconds");
  const shown = sections.flatMap(({ id, render }) => {
    const section = render(content, album);
    return section === undefined ? [] : [{ id, ...section }];
  });
  const { title, subtitle } = content;
  const html = renderPage({
    title,
    subtitle,
    tiles: tilesOf(content),
    facts: content.facts.map(factTile),
    sections: shown,
  });
  return { html, pictures: album.pictures };
}

const factTile = ({ label, value }: Fact): Tile => ({
  label,
  value: typeof value === "number" ? formatNumber(value, 6) : value,
});

/** The figures that a reader looks for first. */
function tilesOf({ detection, speech, comparison = [], history }: ReportContent): Tile[] {
  const tiles: Tile[] = [];
  if (speech?.errors)
    tiles.push({
      label: `word error rate, ${speech.source}`,
      value: `${formatNumber(speech.errors.rate, 3)} %`,
    });
  if (detection && detection.perKind.length > 0) {
    const sum = (key: "found" | "total") => detection.perKind.reduce((total, kind) => total + kind[key], 0);
    tiles.push({ label: "incidents found", value: `${sum("found")} of ${sum("total")}` });
    tiles.push({ label: "precision of alarms", value: formatShare(detection.precision) });
    tiles.push({ label: "false alarms an hour", value: formatNumber(detection.falseAlarmsPerHour, 2) });
  }
  const ranked = comparison.toSorted((a, b) => b.natsPerStep - a.natsPerStep);
  for (const { name, natsPerStep } of ranked.slice(0, 2)) {
    tiles.push({ label: `nats per step, ${name}`, value: formatNats(natsPerStep) });
  }
  const best = bestEpoch(history);
  if (best) tiles.push({ label: `validation bound, epoch ${best.epoch}`, value: formatNats(best.valid) });
  return tiles;
}
