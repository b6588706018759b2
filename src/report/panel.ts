import * as Plot from "@observablehq/plot";
import { DOMParser } from "linkedom/worker";
import type { Clock } from "./content.ts";
import { colour, withLiteralColours } from "./theme.ts";
import { extent } from "./thin.ts";
import { cleanText, escapeText } from "./words.ts";

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
export const FONT = "ui-sans-serif, system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/** A part of a picture: markup to be placed inside an SVG element. */
export interface Panel {
  readonly width: number;
  readonly height: number;
  readonly markup: string;
}

/** What all pictures are told: their width in CSS pixels, and what times count. */
export interface Canvas {
  readonly width: number;
  readonly clock: Clock;
}

/** Whether there is only a phone's width. */
export const isNarrow = ({ width }: Pick<Canvas, "width">): boolean => width < 600;

// Plot draws on any document; this one needs no browser. The types of the two libraries know nothing of each other.
const document = new DOMParser().parseFromString(
  `<svg xmlns="${SVG_NAMESPACE}"></svg>`,
  "image/svg+xml",
) as unknown as Document;

export type PanelOptions = Plot.PlotOptions & { readonly width: number; readonly height: number };

/** Draws a plot as a panel. */
export function plotPanel(options: PanelOptions): Panel {
  const drawn = Plot.plot({ ...options, document });
  drawn.querySelector("style")?.remove();
  const markup = `<g fill="currentColor" text-anchor="middle">${tidy(drawn.innerHTML)}</g>`;
  return { width: options.width, height: options.height, markup };
}

/** Tenths of a pixel are enough, and the whole picture has one label: this halves the size. */
function tidy(markup: string): string {
  const tagged = markup.replace(/<[^<>]+>/g, (tag) =>
    tag
      .replace(/ aria-[a-z]+="[^"]*"/g, "")
      .replace(/ (?:d|transform|[xy][12]?|c[xy]|width|height)="[^"]*"/g, rounded),
  );
  return cleanText(tagged);
}

function rounded(attribute: string): string {
  return attribute.startsWith(' d="')
    ? attribute.replace(/M([^MLZ"]+)((?:L[^MLZ"]+)+)/g, relative).replace(/(?:-|(?<!\d))\d*\.\d{2,}/g, tenths)
    : attribute.replace(/(?:-|(?<!\d))\d*\.\d{2,}(?!\d|em)/g, tenths);
}

/** A run of lines as steps from point to point: half the digits, and no error adds up, since all are whole tenths. */
function relative(_: string, start: string, lines: string): string {
  const points = [start, ...lines.slice(1).split("L")].map((point) =>
    point
      .replace("M", "")
      .split(",")
      .map((place) => Math.round(Number(place) * 10)),
  );
  const steps = points
    .slice(1)
    .map((point, i) => point.map((place, axis) => (place - points[i]![axis]!) / 10));
  const short = steps
    .flat()
    .map((step, i) => `${i > 0 && step >= 0 ? " " : ""}${step}`.replace(/^( |-)?0\./, "$1."));
  return `M${points[0]!.map((place) => place / 10).join(",")}l${short.join("")}`;
}

const tenths = (digits: string) => String(Math.round(Number(digits) * 10) / 10);

/** Panels one under the other. */
export function column(panels: readonly Panel[], gap = 0): Panel {
  let y = -gap;
  const placed = panels.map((panel) => {
    const top = y + gap;
    y = top + panel.height;
    return at(0, top, panel.markup);
  });
  return {
    width: Math.max(0, ...panels.map(({ width }) => width)),
    height: Math.max(0, y),
    markup: placed.join(""),
  };
}

/** Panels beside each other. */
export function row(panels: readonly Panel[], gap = 0): Panel {
  let x = -gap;
  const placed = panels.map((panel) => {
    const left = x + gap;
    x = left + panel.width;
    return at(left, 0, panel.markup);
  });
  return {
    width: Math.max(0, x),
    height: Math.max(0, ...panels.map(({ height }) => height)),
    markup: placed.join(""),
  };
}

const at = (x: number, y: number, markup: string) =>
  x === 0 && y === 0 ? markup : `<g transform="translate(${x},${y})">${markup}</g>`;

/** A line of text as a panel, shortened by the caller. */
export function heading(text: string, { width, x = 0 }: { width: number; x?: number }): Panel {
  const markup = `<text x="${x}" y="14" fill="${colour("ink")}" font-weight="600">${escapeText(text)}</text>`;
  return { width, height: 20, markup };
}

/** A panel that says why there is no picture. */
export function emptyPanel(width: number, why: string): Panel {
  return {
    width,
    height: 48,
    markup: `<text x="${width / 2}" y="28" text-anchor="middle">${escapeText(why)}</text>`,
  };
}

/** An entry of a legend: a swatch filled, outlined, or a line. */
export interface Key {
  readonly label: string;
  readonly colour: string;
  readonly mark: "filled" | "outlined" | "pale" | "line" | "dashed";
}

const SWATCHES: Readonly<Record<Key["mark"], (colour: string) => string>> = {
  filled: (ink) => `<rect y="4" width="14" height="10" rx="2" fill="${ink}"/>`,
  outlined: (ink) =>
    `<rect x="1" y="5" width="12" height="8" rx="2" fill="none" stroke="${ink}" stroke-width="1.5"/>`,
  pale: (ink) =>
    `<rect y="3" width="14" height="12" fill="${ink}" fill-opacity="0.18"/><rect y="3" width="14" height="2" fill="${ink}"/>`,
  line: (ink) => `<path d="M0,9H14" stroke="${ink}" stroke-width="2"/>`,
  dashed: (ink) => `<path d="M0,9H14" stroke="${ink}" stroke-width="1.5" stroke-dasharray="4,3"/>`,
};

/** A legend that breaks into as many lines as it needs. */
export function legend(keys: readonly Key[], width: number): Panel {
  let [x, y] = [0, 0];
  const entries = keys.map((key) => {
    const wide = 22 + textWidth(key.label) + 18;
    if (x > 0 && x + wide > width) [x, y] = [0, y + 20];
    const markup = `${SWATCHES[key.mark](key.colour)}<text x="20" y="13">${escapeText(key.label)}</text>`;
    const placed = at(x, y, markup);
    x += wide;
    return placed;
  });
  return { width, height: y + 24, markup: entries.join("") };
}

/** About how wide a text is, in pixels: pictures are drawn where no font can be measured. */
export const textWidth = (text: string, size = 12): number => [...text].length * size * 0.55;

/** The finished picture of a panel. */
export function svgOf({ width, height, markup }: Panel, label: string): string {
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const style = `font-family="${FONT}" font-size="12" fill="currentColor" color="${colour("soft")}"`;
  return `<svg class="fig" xmlns="${SVG_NAMESPACE}" ${size} ${style} role="img" aria-label="${escapeText(label)}">${markup}</svg>`;
}

/** A finished picture as a file of its own: on light paper, with its title and how to read it. */
export function standalone(picture: string, title: string, reading: string): string {
  const [, width = 0, height = 0] = (/viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(picture) ?? []).map(Number);
  const [outerWidth, outerHeight] = [width + 48, height + 72];
  const inner = picture.replace("<svg ", '<svg x="24" y="52" overflow="visible" ');
  return withLiteralColours(
    `<svg xmlns="${SVG_NAMESPACE}" viewBox="0 0 ${outerWidth} ${outerHeight}" width="${outerWidth}" height="${outerHeight}">` +
      `<title>${escapeText(title)}</title><desc>${escapeText(reading)}</desc>` +
      `<rect width="100%" height="100%" fill="${colour("card")}"/>` +
      `<text x="24" y="34" font-family="${FONT}" font-size="17" font-weight="600" fill="${colour("ink")}">${escapeText(title)}</text>` +
      `${inner}</svg>\n`,
  );
}

/** The scale of a time axis from the first moment to the last; or over so long a span, to compare pictures. */
export function timeScale(times: readonly number[], clock: Clock, span?: number): Plot.ScaleOptions {
  const [from, last] = extent(times) ?? [0, 1];
  const until = from + ((span ?? last - from) || 1);
  if (clock === "date") {
    const transform = (seconds: number) => new Date(seconds * 1000);
    return { type: "utc", domain: [transform(from), transform(until)], label: "time (UTC)", transform };
  }
  if (clock === "steps") return { type: "linear", domain: [from, until], label: "step" };
  // Seconds since some far-off day: only the time since the first one can be read.
  const far = Math.abs(from) > 100 * (until - from);
  if (!far) return { type: "linear", domain: [from, until], label: "time (s)" };
  const transform = (time: number) => time - from;
  return { type: "linear", domain: [0, until - from], label: `time since ${from} (s)`, transform };
}

/** The axis under a panel, with as many ticks as fit. */
export function timeAxis(scale: Plot.ScaleOptions, room: number): Plot.Markish {
  const ticks = Math.max(2, Math.floor(room / (scale.type === "utc" ? 130 : 75)));
  return Plot.axisX({ ...AXIS_LABEL, label: scale.label ?? null, ticks, tickSize: 4 });
}

/** How all axes along the foot of a picture are named: in the middle, without an arrow of Plot's. */
export const AXIS_LABEL = { labelAnchor: "center", labelArrow: "none" } as const;

/** Labels pushed apart until none is nearer than `gap` to the next; the order is kept. */
export function spread(places: readonly number[], gap: number, low: number, high: number): number[] {
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
  const pushed = [...places];
  let least = low;
  for (const i of order) {
    pushed[i] = Math.max(pushed[i]!, least);
    least = pushed[i]! + gap;
  }
  let most = high;
  for (const i of order.reverse()) {
    pushed[i] = Math.min(pushed[i]!, most);
    most = pushed[i]! - gap;
  }
  return pushed;
}
