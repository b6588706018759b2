import type { MemorySequence } from "../../data/source.ts";
import { sequencesIn } from "../../data/whole-sequences.ts";
import { type SequenceScores, scoreRows } from "../../inference/score.ts";
import type { Context } from "../context.ts";
import type { ScoreInput } from "../score-input.ts";

/** Sequences of any fields, and their scores. */
interface ScoredRows {
  readonly sequences: readonly MemorySequence[];
  readonly value: SequenceScores[];
}

/** Scores every step of the sequences that were chosen. @throws VrnnError `data/...`, `run/split` */
export async function scoredRows(context: Context, input: ScoreInput): Promise<ScoredRows> {
  const { config, model, weights } = await context.run();
  const sequences = await sequencesIn(await context.source());
  const runtime = await context.runtime();
  const { fields } = config;
  return { sequences, value: await scoreRows({ ...input, runtime, model, weights, fields, sequences }) };
}
