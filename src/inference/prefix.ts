/** What models make of the beginnings of sequences, from where they go on. */
import type { Fields } from "../data/fields.ts";
import type { Part } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import { float32, type Values } from "../runtime/runtime.ts";
import { BatchFeeder, carriedStates } from "../train/feeds.ts";
import { unrollProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";
import type { GenerateOptions } from "./generate.ts";

/** What has seen the beginning of sequences. */
export interface PrefixOptions extends Pick<GenerateOptions, "runtime" | "model" | "weights" | "seed"> {
  readonly fields: Fields;
}

/**
 * The states of a model after it has read the beginnings of sequences, latent variables drawn from their posterior: what
 * `generateRows` goes on from.
 *
 * @param parts one for each row, of the same length: the state of a shorter one would go on over what pads it
 * @throws VrnnError `generate/uneven` when they are not, `feed/field`, `feed/mismatch` when the fields are not those of the model
 * @example
 * const states = await prefixStates({ ...settings, fields }, parts); // { "state.h": [B, 128] }
 * const rows = await generateRows({ ...settings, count: parts.length, steps: 10, states });
 */
export async function prefixStates(
  { runtime, model, weights, seed, fields }: PrefixOptions,
  parts: readonly Part[],
): Promise<Values> {
  const lengths = parts.map(({ length }) => length);
  if (new Set(lengths).size > 1)
    throw new VrnnError("generate/uneven", `the beginnings have ${lengths.join(", ")} steps`, {
      remedy: "read those of one length at a time",
    });
  const feeder = new BatchFeeder(model, fields, 1);
  const executable = await compileFinite(runtime, unrollProgram(model, [], frozen(weights)));
  try {
    const [feeds] = feeder.feed(parts, { seed, labels: ["prefix"] });
    const [states] = feeder.restingStates(parts.length);
    return carriedStates(
      await executable.run({ parameters: float32([weights.length], weights), ...feeds, ...states }),
    );
  } finally {
    await executable.dispose();
  }
}
