/** What `vrnn score` tells of a run of moving pictures. */
import { sequencesIn } from "../data/source.ts";
import { scoreRows } from "../inference/score.ts";
import { frameScoreTable } from "../tables/frame-score-table.ts";
import type { Context } from "./context.ts";
import type { ScoreInput, Scores } from "./score.ts";

/** Scores every frame. @throws VrnnError `data/...`, `run/split` */
export async function scoredFrames(context: Context, input: ScoreInput): Promise<Scores> {
  const { config, model, weights } = await context.run();
  const sequences = await sequencesIn(await context.source());
  const runtime = await context.runtime();
  const { fields } = config;
  const value = await scoreRows({ ...input, runtime, model, weights, fields, sequences });
  return { value, table: async () => frameScoreTable(value) };
}
