/** What models make of the beginnings of sequences, from where they go on. */
import type { Fields } from "../data/fields.ts";
import { wholeSpans } from "../data/plan.ts";
import { memorySource, type Part } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import { capabilitiesOf } from "../models/model.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import { Random } from "../random/generator.ts";
import type { Values } from "../runtime/runtime.ts";
import { carriedStates, restingStates } from "../train/feeds.ts";
import { unrollProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";
import type { GenerateOptions } from "./generate.ts";
import { overRows } from "./unrolled-rows.ts";

/** What has seen the beginning of sequences. */
export interface PrefixOptions
  extends Pick<GenerateOptions, "runtime" | "model" | "weights" | "seed" | "window"> {
  readonly fields: Fields;
}

/**
 * The states of a model after it has read the beginnings of sequences, latent variables drawn from their posterior: what
 * `generateRows` goes on from.
 *
 * They are read window by window, 256 steps at once unless told: memory depends on it. Whole by a model whose posterior knows the future,
 * or that has a latent variable of the whole sequence.
 *
 * @param parts one for each row, of the same length: the state of a shorter one would go on over what pads it
 * @throws VrnnError `generate/uneven` when they are not, `feed/field`, `feed/mismatch` when the fields are not those of the model
 * @example
 * const states = await prefixStates({ ...settings, fields }, parts); // { "state.h": [B, 128] }
 * const rows = await generateRows({ ...settings, count: parts.length, steps: 10, states });
 */
export async function prefixStates(
  { runtime, model, weights, seed, fields, window = 256 }: PrefixOptions,
  parts: readonly Part[],
): Promise<Values> {
  const lengths = parts.map(({ length }) => length);
  if (new Set(lengths).size > 1)
    throw new VrnnError("generate/uneven", `the beginnings have ${lengths.join(", ")} steps`, {
      remedy: "read those of one length at a time",
    });
  const rows = parts.map((part, row) => ({ ...part, name: String(row) }));
  const executable = await compileFinite(runtime, unrollProgram(model, [], frozen(weights)));
  const { causal, windowed } = capabilitiesOf(model);
  try {
    const unrolled = overRows({
      ...{ executable, model, weights, feeder: new ModelFeeder(model, fields) },
      ...{ source: memorySource(rows, fields), spans: wholeSpans(rows), batchSize: rows.length },
      window: causal && windowed ? window : Number.POSITIVE_INFINITY,
      noiseOf: ({ name }) => Random.stream(seed, "noise", Number(name), "prefix"),
    });
    let states: Values = restingStates(model, rows.length);
    for await (const { results } of unrolled) states = carriedStates(results);
    return states;
  } finally {
    await executable.dispose();
  }
}
