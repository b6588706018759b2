import { Tokenizer, type Vocabulary } from "../data/text/vocabulary.ts";
import { csvText } from "../data/write.ts";
import type { SequenceScores } from "../inference/score.ts";
import { rounded } from "./score-table.ts";

/**
 * Scores of texts as comma-separated values, a row per token: sequence, step (from 1), the token, the total, its nats and the
 * divergence (`kl`), so total = nats − kl. A line feed stands in quotes.
 *
 * @param ids `[length]` of each sequence
 */
export function textScoreTable(
  vocabulary: Vocabulary,
  ids: readonly Int32Array[],
  scores: readonly SequenceScores[],
): string {
  const tokenizer = new Tokenizer(vocabulary);
  const rows = scores.flatMap(({ name, total, logLikelihood, kl }, i) =>
    Array.from(ids[i]!, (id, t) => [
      name,
      t + 1,
      tokenizer.spell(id),
      ...[total, logLikelihood, kl].map((nats) => rounded(nats[t]!)),
    ]),
  );
  return csvText(["sequence", "step", "token", "total", "nats", "kl"], rows);
}
