import { type Filtered, filterSequences } from "../inference/filter.ts";
import { filterTable } from "../tables/filter-table.ts";
import { counted } from "../words/figures.ts";
import * as z from "../zod.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne, seed } from "./inputs.ts";
import { quantiles } from "./quantiles.ts";
import { subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";
import { tableOut } from "./written-inputs.ts";

export const filter = operation({
  input: z.strictObject({
    samples: atLeastOne("--samples <count>", "particles that follow each sequence", 200),
    quantiles: quantiles("of the forecast, between 0 and 1, by comma"),
    out: tableOut(),
    seed: seed("the same seed gives the same table"),
  }),
  output: "table",
  async *run(context, { samples, quantiles: levels, out, seed }): AsyncGenerator<Event<Filtered[]>> {
    const { settings, time } = await subjectOf(context, "filter");
    const value = await filterSequences({ ...settings, particles: samples, seed });
    const table = () => filterTable(value, { columns: settings.columns, levels, time });
    yield { type: "artifacts", files: [{ path: out, content: table }] };
    const { length: sequences } = value;
    if (out !== undefined) yield note(`${counted(sequences, "sequence")} filtered, written to ${out}`);
    yield { type: "result", value, summary: { out, sequences, samples, quantiles: levels, seed } };
  },
});
