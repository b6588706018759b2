/** How transcripts are told: a line each, or JSON, and how many words are wrong. */
import { bestWords, type HeardUtterance } from "../inference/speech/utterances.ts";
import { visible } from "../legible.ts";
import type { WordErrors } from "../metrics/word-errors.ts";
import { counted } from "../words/figures.ts";

/** An utterance as it was heard, and what was said. */
export type Transcript = Pick<HeardUtterance, "name" | "hypotheses" | "said">;

/** Times to the millisecond. */
export const rounded = (seconds: number): number => Math.round(1000 * seconds) / 1000;

export const lineOf = ({ name, hypotheses }: Transcript): string =>
  `${visible(name)}\t${visible(bestWords(hypotheses).join(" "))}`;

/** With times in seconds. */
export function jsonOf({ name, hypotheses, said }: Transcript, secondsPerStep: number): string {
  const timed = hypotheses.map(({ words, score, posterior }) => ({
    text: words.map(({ word }) => word).join(" "),
    words: words.map(({ word, start, end, confidence }) => ({
      word,
      start: rounded(start * secondsPerStep),
      end: rounded(end * secondsPerStep),
      confidence,
    })),
    score,
    posterior,
  }));
  return JSON.stringify({ name, ...timed[0], ...(said && { said: said.join(" ") }), alternatives: timed });
}

export const errorWords = ({
  rate,
  interval,
  words,
  substitutions,
  deletions,
  insertions,
  utterances,
  wrong,
}: WordErrors) =>
  `word error rate ${rate.toFixed(2)} %${interval ? ` (95 %: ${interval.map((each) => each.toFixed(2)).join(" to ")})` : ""}: ${substitutions} substituted, ${deletions} deleted, ${insertions} inserted of ${counted(words, "word")}; ${wrong} of ${counted(utterances, "utterance")} with an error`;

export const errorFigures = ({
  rate,
  interval,
  words,
  substitutions,
  deletions,
  insertions,
  wrong,
}: WordErrors) => ({
  ...{ wordErrorRate: rate, interval, words, substitutions, deletions, insertions, wrong },
});
