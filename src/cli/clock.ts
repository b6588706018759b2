import type { ClockProgress } from "../operations/event.ts";
import { clockTime } from "../words/figures.ts";
import { isLive, type Terminal } from "./terminal.ts";

/** Time and what goes on: rewritten on a terminal, a line every half minute elsewhere. */
export function clockProgress(stream: Terminal) {
  const live = isLive(stream);
  let shown = Number.NEGATIVE_INFINITY;
  const show = ({ time, of, what }: ClockProgress) => {
    if (time - shown < (live ? 1 : 30) && time < of) return;
    shown = time;
    const text = `${clockTime(time)} of ${clockTime(of)}${what === undefined ? "" : `  ${what}`}`;
    stream.write(live ? `\r${text}\u001b[K` : `${text}\n`);
  };
  const close = () => {
    if (live && Number.isFinite(shown)) stream.write("\n");
    shown = Number.NEGATIVE_INFINITY;
  };
  return { show, close };
}
