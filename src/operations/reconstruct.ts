import { type Filtered, filterSequences } from "../inference/filter.ts";
import {
  type ReconstructionError,
  reconstructionErrors,
  reconstructionTable,
} from "../tables/reconstruct.ts";
import { aligned } from "../words/aligned.ts";
import { grouped } from "../words/figures.ts";
import * as z from "../zod.ts";
import type { Event } from "./event.ts";
import { atLeastOne, seed } from "./inputs.ts";
import { subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";
import { tableOut } from "./written-inputs.ts";

/** What a model makes of sequences, and how far off it is in each column. */
export interface Reconstructed {
  readonly filtered: readonly Filtered[];
  readonly errors: readonly ReconstructionError[];
}

export const reconstruct = operation({
  input: z.strictObject({
    samples: atLeastOne("--samples <count>", "particles that are averaged", 16, "latents"),
    out: tableOut(),
    seed: seed("the same seed gives the same table"),
  }),
  output: "table",
  async *run(context, { samples, out, seed }): AsyncGenerator<Event<Reconstructed>> {
    const { settings, time } = await subjectOf(context, "reconstruct");
    const { columns } = settings;
    const filtered = await filterSequences({ ...settings, particles: samples, seed });
    const table = () => reconstructionTable(filtered, columns, time);
    yield { type: "artifacts", files: [{ path: out, content: table }] };
    const errors = reconstructionErrors(filtered, columns);
    const rows = errors.map(({ column, error, count }) => [column, error.toPrecision(4), grouped(count)]);
    yield { type: "lines", lines: aligned([["column", "error", "entries"], ...rows]) };
    yield {
      type: "result",
      value: { filtered, errors },
      summary: { out, sequences: filtered.length, errors },
    };
  },
});
