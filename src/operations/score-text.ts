/** What `vrnn score` tells of a run of text. */
import { sequencesIn } from "../data/source.ts";
import { scoreRows } from "../inference/score.ts";
import { requireVocabulary } from "../run/run-fields.ts";
import { textScoreTable } from "../tables/text-score-table.ts";
import type { Context } from "./context.ts";
import type { ScoreInput, Scores } from "./score.ts";

/** Scores every token. @throws VrnnError `data/...`, `run/split` */
export async function scoredTexts(context: Context, input: ScoreInput): Promise<Scores> {
  const { config, model, weights } = await context.run();
  const vocabulary = requireVocabulary(config);
  const sequences = await sequencesIn(await context.source());
  const runtime = await context.runtime();
  const { fields } = config;
  const value = await scoreRows({ ...input, runtime, model, weights, fields, sequences });
  const ids = sequences.map(({ values }) => values["x"] as Int32Array);
  return { value, table: async () => textScoreTable(vocabulary, ids, value) };
}
