/** How many utterances a recogniser hears as they were said. */
import { vrnn } from "./vrnn.mjs";

/**
 * Of the utterances of a split of a run's own data, or of other data, those that it hears as they were said.
 *
 * @param words of `vrnn transcribe`: `["--split", "test"]` unless told
 * @returns `{ utterances, right }`, how many
 * @example
 * understoodBy("runs/digits", ["--data", "samples"]); // { utterances: 600, right: 588 }
 */
export function understoodBy(run, words = ["--split", "test"]) {
  const told = vrnn("transcribe", run, "--json", ...words)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ said }) => said !== undefined);
  return { utterances: told.length, right: told.filter(({ text, said }) => text === said).length };
}
