import { type ConfusionContent, confusionFigure } from "./figures/confusion.ts";
import { standalone } from "./panel.ts";

/** What labels were told to be, as a file of its own. */
export function confusionPicture(content: ConfusionContent): string {
  const reading =
    "Each row is a true label, each column what was told: the darker, the more of the row. What stands beside the diagonal was told wrongly.";
  return standalone(confusionFigure(content, { width: 760, clock: "steps" }), "Confusion of labels", reading);
}
