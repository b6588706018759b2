/** Beam search for texts about parts of a data set: what is read of each is fed as its fields say. */
import type { Feeder } from "../data/feeder.ts";
import type { Part } from "../data/source.ts";
import type { BeamSearcher, BeamText } from "./beam.ts";

/** What searches, and how many texts side by side. */
export interface PartSearch {
  readonly searcher: BeamSearcher;
  readonly feeder: Feeder;
  /** R: of how many rows the searcher's programs are. */
  readonly rows: number;
}

/**
 * The texts of each part, the best one first.
 *
 * @param parts one at least, as many as there are rows at most @param stepsOf the most tokens of a part's text
 */
export async function searchParts(
  { searcher, feeder, rows }: PartSearch,
  parts: readonly Part[],
  stepsOf: (part: Part) => number,
): Promise<BeamText[][]> {
  // Programs are of so many rows: what is not needed of them repeats the first part.
  const filled = Array.from({ length: rows }, (_, row) => parts[row] ?? parts[0]!);
  const [known] = feeder.feed(filled);
  const found = await searcher.search({ steps: filled.map(stepsOf), known: known! });
  return found.slice(0, parts.length);
}
