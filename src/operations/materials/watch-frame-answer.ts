/** How frames that came in are answered. */
import type { Patch } from "../../anomaly/frames.ts";
import { visible } from "../../legible.ts";
import { rounded } from "../../tables/score-table.ts";

/** What is known of a frame that was watched. */
export interface WatchedFrame {
  readonly clip: string;
  /** From 1. */
  readonly frame: number;
  /** The file that it came from, where it is one of its own. */
  readonly at: string | undefined;
  /** The oddest square; undefined of the first frame, which nothing before it tells. */
  readonly patch: Patch | undefined;
  /** In deviations of clean frames; undefined of the first frame, and where there is no threshold. */
  readonly score: number | undefined;
  /** Undefined where there is no threshold. */
  readonly odd: boolean | undefined;
}

/** A frame as one line: of JSON, or for a person. */
export const frameAnswer = (frame: WatchedFrame, isJson: boolean): string =>
  `${isJson ? JSON.stringify(jsonOf(frame)) : visible(wordsOf(frame))}\n`;

/** A picture that could not be read, as one line of JSON. */
export const brokenAnswer = (clip: string, error: string): string => `${JSON.stringify({ clip, error })}\n`;

function jsonOf({ clip, frame, at, patch, score, odd }: WatchedFrame): object {
  const value = (number: number | undefined) => (number === undefined ? null : rounded(number));
  return {
    ...{ clip, frame, ...(at !== undefined && { at }) },
    ...{ score: value(score), odd: odd ?? null },
    ...{ x: patch?.x ?? null, y: patch?.y ?? null, value: value(patch?.value) },
  };
}

/** @example "stdin, frame 61: odd, 5.31 at 63, 20" */
function wordsOf({ clip, frame, at, patch, score, odd }: WatchedFrame): string {
  const place = `${clip}, frame ${frame}${at === undefined ? "" : ` (${at})`}`;
  if (patch === undefined) return `${place}: the first, which nothing tells`;
  return `${place}: ${odd ? "odd, " : ""}${(score ?? patch.value).toFixed(2)} at ${patch.x}, ${patch.y}`;
}
