/** What the help says of the options of samples. It stands here, as a page has no help and would load it all the same. */
import { type sampleInput, USUAL_COUNT, USUAL_FOLDER } from "../operations/sample-input.ts";

/** The others, which some operations share, say it themselves. */
export const sampleHelp: Readonly<Partial<Record<keyof typeof sampleInput.shape, string>>> = {
  count: `how many (default: ${USUAL_COUNT}; of text 1)`,
  given: "a condition that holds at every step; may be repeated",
  out: `where they go (default: ${USUAL_FOLDER}; text is printed; of frames also one film: x.gif, or x.mp4 with ffmpeg)`,
  temperature: "1 is the model's own spread, less is tamer",
  topK: "text: draw from so many tokens, the likeliest",
  topP: "text: draw from the fewest tokens that have this share of the probability together",
  tempo: "music: beats a minute",
  grid: "music: steps to a beat (default: those of the run's MIDI files, else 1)",
};
