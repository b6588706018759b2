import type { Clock, DetectionContent } from "./content.ts";
import { timelineFigure } from "./figures/timeline.ts";
import { standalone } from "./panel.ts";

/** The picture of what was found in the first sequence, as a file of its own. */
export function detectionPicture(content: DetectionContent, clock: Clock): string {
  const [sequence] = content.sequences;
  if (sequence === undefined) throw new RangeError("there is no sequence to draw");
  const reading =
    "The score of each step above the threshold of alarms, the alarms, and the columns that stood out most.";
  return standalone(
    timelineFigure(sequence, content, { width: 940, clock }),
    `What is odd in ${sequence.name}`,
    reading,
  );
}
