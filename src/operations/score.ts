import { type SequenceScores, scoreSequences } from "../inference/score.ts";
import { summariseNats } from "../metrics/nats.ts";
import { boundName } from "../objectives/index.ts";
import { counted, nats } from "../words/figures.ts";
import * as z from "../zod.ts";
import { type Context, subjectOf } from "./context.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne, seed, tableOut } from "./inputs.ts";
import { operation } from "./operation.ts";

const input = z.strictObject({
  out: tableOut(),
  seed: seed("of the draws of the latent variables"),
  samples: atLeastOne("--samples <count>", "draws that are averaged", 1, "latents"),
  /** How many sequences are computed side by side, and how many steps at once. */
  batchSize: z._default(z.int().check(z.minimum(1)), 16),
  window: z.optional(z.int().check(z.minimum(1))),
});

/** How steps are scored. */
export type ScoreInput = Pick<z.output<typeof input>, "seed" | "samples" | "batchSize"> & {
  readonly window?: number;
};

export const score = operation({
  input,
  output: "table",
  async *run(context, { out, window, ...options }): AsyncGenerator<Event<SequenceScores[]>> {
    const { model } = await context.run();
    const { value, table } = await scored(context, { ...options, ...(window && { window }) });
    yield { type: "artifacts", files: [{ path: out, content: table }] };
    const { natsPerStep, meanOfSequences, steps } = summariseNats(value.map(({ total }) => total));
    if (out !== undefined)
      yield note(`${counted(steps, "step")}, ${nats(natsPerStep)} nats per step, written to ${out}`);
    const figures = { natsPerStep, meanOfSequences, sequences: value.length, steps };
    yield { type: "result", value, summary: { out, bound: boundName("elbo", model), ...figures } };
  },
});

/** The scores of all sequences, and the table of them. */
export interface Scores {
  readonly value: SequenceScores[];
  readonly table: () => Promise<string>;
}

async function scored(context: Context, input: ScoreInput): Promise<Scores> {
  const { modality } = (await context.run()).config;
  // Pages of tables do without.
  if (modality.name === "text") return (await import("./text.ts")).scoredTexts(context, input);
  if (modality.name === "images") return (await import("./frames.ts")).scoredFrames(context, input);
  const { settings, sequences, time } = await subjectOf(context, "score");
  const value = await scoreSequences({ ...settings, ...input });
  const table = async () => {
    const { scoreTable } = await import("../tables/score-table.ts"); // who only asks for the scores does without
    return scoreTable(
      settings.columns,
      sequences.map((sequence, i) => ({ sequence, scores: value[i]! })),
      time,
    );
  };
  return { value, table };
}
