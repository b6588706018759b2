import type { Clock } from "./content.ts";
import { type Canvas, standalone } from "./panel.ts";
import { escapeText, slug } from "./words.ts";

/** The widths that pictures are drawn at: for a desk and for a phone, in CSS pixels. */
const WIDE = 940;
const NARROW = 344;

/** A picture to be: what it is called, how to read it, and how to draw it. */
export interface Figure {
  /** What its file is called, unlike all others; made safe. */
  readonly name: string;
  readonly title: string;
  readonly reading: string;
  readonly draw: (canvas: Canvas) => string;
}

/** Draws figures for the page and keeps each as a file too. */
export interface Album {
  /** The markup of a figure, with or without a heading of its own. */
  readonly add: (figure: Figure, options?: { readonly isTitled?: boolean }) => string;
  /** File names to SVG. */
  readonly pictures: Readonly<Record<string, string>>;
}

export function newAlbum(clock: Clock): Album {
  const pictures: Record<string, string> = {};
  const add: Album["add"] = ({ name, title, reading, draw }, { isTitled = true } = {}) => {
    const wide = draw({ width: WIDE, clock });
    pictures[`${slug(name)}.svg`] = standalone(wide, title, reading);
    return (
      `<figure>${isTitled ? `<h3>${escapeText(title)}</h3>` : ""}` +
      `<div class="wide">${wide}</div><div class="narrow">${draw({ width: NARROW, clock })}</div>` +
      `<figcaption>${escapeText(reading)}</figcaption></figure>`
    );
  };
  return { add, pictures };
}
