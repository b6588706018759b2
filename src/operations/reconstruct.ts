import { type Filtered, filterSequences } from "../inference/filter.ts";
import {
  type ReconstructionError,
  reconstructionErrors,
  reconstructionTable,
} from "../tables/reconstruct.ts";
import { aligned } from "../words/aligned.ts";
import { grouped } from "../words/figures.ts";
import type { Event } from "./event.ts";
import { materialOf } from "./materials/index.ts";
import type { ReconstructedFrames } from "./materials/material.ts";
import { reconstructInput } from "./reconstruct-input.ts";
import { subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";

/** What a model makes of sequences, and how far off it is in each column. */
export interface Reconstructed {
  readonly filtered: readonly Filtered[];
  readonly errors: readonly ReconstructionError[];
}

export const reconstruct = operation({
  input: reconstructInput,
  output: "table",
  async *run(context, input, given): AsyncGenerator<Event<Reconstructed | ReconstructedFrames>> {
    const { reconstruct: own } = await materialOf(context);
    if (own !== undefined) return yield* own(context, input, given);
    const { samples, out, seed } = input;
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
