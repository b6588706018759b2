import { csvText } from "../data/write.ts";
import type { SequenceScores } from "../inference/score.ts";
import { rounded } from "./score-table.ts";

/**
 * Scores of frames as comma-separated values, a row per frame: sequence, step (from 1), the total, the nats of all pixels and
 * the divergence (`kl`), so total = nats − kl.
 */
export function frameScoreTable(scores: readonly SequenceScores[]): string {
  const rows = scores.flatMap(({ name, total, kl }) =>
    Array.from(total, (bound, t) => [name, t + 1, rounded(bound), rounded(bound + kl[t]!), rounded(kl[t]!)]),
  );
  return csvText(["sequence", "step", "total", "nats", "kl"], rows);
}
