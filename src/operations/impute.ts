import { type Imputed, imputeSequences } from "../inference/impute.ts";
import { option } from "../options.ts";
import { drawTable, gapTable, imputedTable } from "../tables/impute-table.ts";
import { grouped } from "../words/figures.ts";
import * as z from "../zod.ts";
import { subjectOf } from "./context.ts";
import { type Event, made, note } from "./event.ts";
import { atLeastOne, quantiles, seed, tableOut, writtenFile } from "./inputs.ts";
import { operation } from "./operation.ts";

export const impute = operation({
  input: z.strictObject({
    samples: atLeastOne("--samples <count>", "particles, each with values of its own in the gaps", 100),
    lag: option(z._default(z.int().check(z.minimum(0)), 25), {
      flag: "--lag <steps>",
      help: "how many later steps a gap learns from",
    }),
    quantiles: quantiles(),
    out: tableOut("the filled table"),
    entries: writtenFile(
      "--entries <file>",
      "where a table of the filled entries goes: their means and quantiles",
    ),
    draws: writtenFile("--draws <file>", "where a table of all draws of the filled entries goes"),
    seed: seed("the same seed fills in the same values"),
  }),
  output: "table",
  async *run(
    context,
    { samples, lag, quantiles: levels, out, entries, draws, seed },
  ): AsyncGenerator<Event<Imputed[]>> {
    const { config, settings, time } = await subjectOf(context, "impute", { keepsCells: true });
    const value = await imputeSequences({ ...settings, particles: samples, seed, lag });
    const shape = { columns: settings.columns, time, levels };
    const files = [
      { path: out, content: () => imputedTable(value, shape, config.data.schema.sequence) },
      ...made(entries, () => gapTable(value, shape)),
      ...made(draws, () => drawTable(value, shape)),
    ];
    yield { type: "artifacts", files };
    const filled = value.reduce((count, { gaps }) => count + gaps.length, 0);
    yield note(
      filled === 0 ? "nothing was missing: the table is as it was" : `${grouped(filled)} entries filled`,
    );
    const summary = { out, entries, draws, sequences: value.length, filled, samples, lag, seed };
    yield { type: "result", value, summary };
  },
});
