import { framesOf } from "../../data/audio/frames.ts";
import type { TimedText, UtteranceContent } from "../content.ts";
import { type Canvas, column, emptyPanel, legend, type Panel, svgOf, textWidth } from "../panel.ts";
import { type ColourName, colour } from "../theme.ts";
import { escapeText, shorten } from "../words.ts";
import { LEFT, RIGHT, spectrogramPanel } from "./spectrogram.ts";

/** What became of a word. */
export type Outcome = "right" | "substituted" | "deleted" | "inserted";

/** Colours of words by what became of them; they are told apart by words and marks too. */
export const outcomeColours: Readonly<Record<Outcome, ColourName>> = {
  right: "ink",
  substituted: "second",
  deleted: "missed",
  inserted: "series",
};

interface Timed extends TimedText {
  readonly outcome: Outcome;
}

/** A row of what lies in time. */
interface Lane {
  readonly label: string;
  readonly texts: readonly Timed[];
}

const [SIZE, LINE, BAR] = [11, 14, 5] as const;
/** Lines that texts of a lane may be written on where they stand close. */
const LINES = 2;
const MOST_CHARACTERS = 16;

/** What became of a pair. */
export function outcomeOf({
  said,
  heard,
}: {
  readonly said?: string | undefined;
  readonly heard?: string | undefined;
}): Outcome {
  if (said === undefined) return "inserted";
  if (heard === undefined) return "deleted";
  return said === heard ? "right" : "substituted";
}

/**
 * A spectrogram, and under it what was said and what was heard, where they lie in time.
 *
 * @param symbols what words are told by: "phones" or "letters"
 */
export function alignmentFigure(utterance: UtteranceContent, symbols: string, canvas: Canvas): string {
  const { name, spectrum } = utterance;
  const { values, width, frameRate, centresHz } = spectrum;
  const frames = framesOf(Float32Array.from(values), width);
  if (frames.length === 0) return svgOf(emptyPanel(canvas.width, "no frames"), name);
  const picture = spectrogramPanel({ name, frames, frameRate, ...(centresHz && { centresHz }) }, canvas);
  const seconds = frames.length / frameRate;
  const lanes = lanesOf(utterance, symbols).map((lane) => lanePanel(lane, canvas.width, seconds));
  return svgOf(column([picture, ...lanes, ...keysOf(utterance, canvas)], 6), `what was heard of ${name}`);
}

function lanesOf({ pairs = [], symbols, said, heard }: UtteranceContent, label: string): Lane[] {
  const outcomes = pairs.map((pair) => ({ ...pair, outcome: outcomeOf(pair) }));
  const along = (texts: readonly TimedText[], side: "said" | "heard"): Timed[] => {
    const own = outcomes.filter((pair) => pair[side] !== undefined);
    return texts.map((text, i) => ({ ...text, outcome: own[i]?.outcome ?? "right" }));
  };
  const plain = (texts: readonly TimedText[]): Timed[] =>
    texts.map((text) => ({ ...text, outcome: "right" }));
  return [
    ...(symbols ? [{ label, texts: plain(symbols) }] : []),
    ...(said ? [{ label: "said", texts: along(said, "said") }] : []),
    { label: "heard", texts: along(heard, "heard") },
  ];
}

/** A bar for each text, from its beginning to its end, and the text under its middle where there is room. */
function lanePanel({ label, texts }: Lane, width: number, seconds: number): Panel {
  const scale = (width - LEFT - RIGHT) / seconds;
  const ends = new Array<number>(LINES).fill(LEFT - 8);
  const marks = texts.map(({ text, start, end, outcome }) => {
    const [from, to] = [LEFT + start * scale, LEFT + end * scale];
    const bar = `<rect x="${place(from)}" y="0" width="${place(Math.max(1.5, to - from - 0.5))}" height="${BAR}" rx="1"/>`;
    const shown = shorten(text, MOST_CHARACTERS);
    const wide = textWidth(shown, SIZE);
    const middle = Math.min(Math.max((from + to) / 2, LEFT + wide / 2), width - wide / 2);
    const line = ends.findIndex((last) => last + 3 <= middle - wide / 2);
    if (line >= 0) ends[line] = middle + wide / 2;
    const written =
      line < 0
        ? ""
        : `<text x="${place(middle)}" y="${BAR + LINE * (line + 1) - 2}">${escapeText(shown)}</text>`;
    return `<g fill="${colour(outcomeColours[outcome])}"${outcome === "right" ? "" : ' font-weight="600"'}>${bar}${written}</g>`;
  });
  const lines = Math.max(1, ends.filter((end) => end > LEFT - 8).length);
  return {
    width,
    height: BAR + LINE * lines,
    markup: `<text x="${LEFT - 10}" y="${BAR + LINE - 2}" text-anchor="end">${label}</text><g font-size="${SIZE}" text-anchor="middle">${marks.join("")}</g>`,
  };
}

/** What colours mean, where something is wrong. */
function keysOf({ pairs = [] }: UtteranceContent, { width }: Canvas): Panel[] {
  const found = new Set(pairs.map(outcomeOf));
  const keys = (["substituted", "deleted", "inserted"] as const)
    .filter((outcome) => found.has(outcome))
    .map((outcome) => ({
      label: outcomeWords[outcome],
      colour: colour(outcomeColours[outcome]),
      mark: "filled" as const,
    }));
  if (keys.length === 0) return [];
  const { markup, ...size } = legend(keys, width - LEFT);
  return [{ ...size, width, markup: `<g transform="translate(${LEFT},0)">${markup}</g>` }];
}

/** What became of a word, in words. */
export const outcomeWords = {
  substituted: "another word heard",
  deleted: "not heard",
  inserted: "heard and not said",
} as const;

const place = (pixels: number): number => Math.round(pixels * 10) / 10;
