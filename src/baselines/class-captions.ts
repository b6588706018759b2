/** What a rule says of a picture whose class it knows, or of which it knows nothing. */
import { groupBy } from "../collections.ts";
import { countedTexts, medoid } from "../metrics/medoid.ts";

/** A caption of a picture of some class. */
export interface ClassCaption {
  readonly text: string;
  readonly class: string;
}

/** The caption that is given most often, the first of several. @example mostFrequentCaption(["a", "b", "a"]); // "a" */
export const mostFrequentCaption = (texts: readonly string[]): string => countedTexts(texts)[0]?.[0] ?? "";

/**
 * The caption of each class that has most in common with all others of it: their medoid.
 *
 * @param captions words with blanks between them
 * @example
 * classCaptions([{ text: "many boats", class: "harbor" }]).get("harbor"); // "many boats"
 */
export function classCaptions(captions: readonly ClassCaption[]): ReadonlyMap<string, string> {
  const classes = groupBy(captions, (each) => each.class);
  return new Map([...classes].map(([name, own]) => [name, medoid(own.map(({ text }) => text))]));
}
