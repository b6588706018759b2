/** What pictures of sequences need. */
import type { TimeColumn } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import type { Clock } from "../report/content.ts";

/** How moments are written along an axis. */
export function clockOf(time: TimeColumn | undefined): Clock {
  if (time === undefined) return "steps";
  return time.kind === "date" ? "date" : "seconds";
}

/** What is thrown where a picture is asked for and nothing draws, such as in a browser. */
export const nothingDraws = (): VrnnError =>
  new VrnnError("operation/no-pictures", "nothing draws here", { remedy: "leave the picture out" });
