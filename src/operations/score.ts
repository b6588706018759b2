import { paired } from "../collections.ts";
import { type SequenceScores, scoreSequences } from "../inference/score.ts";
import { summariseNats } from "../metrics/nats.ts";
import { boundName } from "../objectives/index.ts";
import { grouped, nats } from "../words/figures.ts";
import * as z from "../zod.ts";
import { subjectOf } from "./context.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne, seed, tableOut } from "./inputs.ts";
import { operation } from "./operation.ts";

export const score = operation({
  input: z.strictObject({
    out: tableOut(),
    seed: seed("of the draws of the latent variables"),
    samples: atLeastOne("--samples <count>", "draws that are averaged", 1),
    /** How many sequences are computed side by side, and how many steps at once. */
    batchSize: z._default(z.int().check(z.minimum(1)), 16),
    window: z.optional(z.int().check(z.minimum(1))),
  }),
  output: "table",
  async *run(context, { out, window, ...input }): AsyncGenerator<Event<SequenceScores[]>> {
    const { settings, sequences, time } = await subjectOf(context, "score");
    const value = await scoreSequences({ ...settings, ...input, ...(window && { window }) });
    const scored = paired(sequences, value).map(([sequence, scores]) => ({ sequence, scores }));
    const table = async () => (await tables()).scoreTable(settings.columns, scored, time);
    yield { type: "artifacts", files: [{ path: out, content: table }] };
    const { natsPerStep, meanOfSequences, steps } = summariseNats(value.map(({ total }) => total));
    if (out !== undefined)
      yield note(`${grouped(steps)} steps, ${nats(natsPerStep)} nats per step, written to ${out}`);
    const figures = { natsPerStep, meanOfSequences, sequences: sequences.length, steps };
    yield { type: "result", value, summary: { out, bound: boundName("elbo", settings.model), ...figures } };
  },
});

/** Loaded when a table is wanted: who only asks for the scores does without. */
const tables = () => import("../tables/score-table.ts");
