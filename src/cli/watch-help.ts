/** What the help says of options of `watch` and of how frames are looked at. It stands here, as a page has no help and would load it all the same. */
import type { lookingAtFrames } from "../operations/detecting.ts";
import { FORMATS, type watchOptions } from "../operations/watch-options.ts";

export const watchHelp: Readonly<Record<keyof (typeof watchOptions & typeof lookingAtFrames), string>> = {
  format: `${FORMATS.join(", ")} (default: seen from the first line)`,
  flags: "needs no data: nothing odd is looked for",
  every: "answer each so many steps and odd ones; 0: odd ones alone",
  incidents: "where incidents go, as JSON, when one opens and ends",
  state: "where it stands, for another watch to go on",
  play: "frames of a folder of pictures, a GIF, a video or an array (.npy), instead of stdin",
  raw:
    "stdin holds raw frames (ffmpeg -f rawvideo), grey or RGB as the run's are, and not the path of a picture a line; " +
    "640x480 where they are not of its size",
  clean: "clean clips, by which the threshold of frames is set (default: the validation split of the run)",
  patch: "a frame is as odd as its oddest square of this side",
  json: "answer by a line of JSON for each frame, as tables are answered",
};
