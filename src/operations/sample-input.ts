import type { Sequence } from "../data/dataset.ts";
import { FINEST_GRID, TEMPO_RANGE } from "../data/music/playing.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";
import type { Context } from "./context.ts";
import { atLeastOne, readPath, seed, temperature } from "./inputs.ts";

const [SLOWEST, FASTEST] = TEMPO_RANGE;

/** Where samples go, and how many there are, unless told. */
export const USUAL_FOLDER = "out";
export const USUAL_COUNT = 4;

/** What each does that says nothing of itself is said by `cli/sample-help.ts`: nearly every page loads this, and has no help. */
export const sampleInput = z.strictObject({
  count: option(z.optional(z.int().check(z.minimum(1))), {
    flag: "--count <sequences>",
  }),
  steps: atLeastOne("--steps <steps>", "how long each is", 64),
  prefix: readPath(
    "--prefix <path or text>",
    "data to go on from: each sample is one of its sequences and what comes after; of a run of text the text itself",
  ),
  given: option(z.optional(z.record(z.string(), z.string())), {
    flag: "--given <column=value>",
  }),
  future: readPath("--future <file>", "a table of the covariates of the steps to be sampled"),
  out: option(z.optional(z.string()), {
    flag: "--out <folder>",
    writes: "folder",
    ending: ".gif",
  }),
  seed: seed("the same seed gives the same sequences"),
  temperature,
  topK: option(z.optional(z.int().check(z.minimum(1), z.maximum(10_000_000))), {
    flag: "--top-k <tokens>",
    materials: ["text"],
  }),
  topP: option(z.optional(z.number().check(z.gt(0), z.maximum(1))), {
    flag: "--top-p <share>",
    materials: ["text"],
  }),
  tempo: option(z._default(z.number().check(z.minimum(SLOWEST), z.maximum(FASTEST)), 100), {
    flag: "--tempo <beats>",
    materials: ["music"],
  }),
  grid: option(z.optional(z.int().check(z.minimum(1), z.maximum(FINEST_GRID))), {
    flag: "--grid <steps>",
    materials: ["music"],
  }),
  /** The most steps computed at once. */
  window: z._default(z.int().check(z.minimum(1)), 256),
});

export type SampleInput = z.output<typeof sampleInput>;

/** What programs are told of samples, and of how they came to be. */
export const saidOf = (
  context: Context,
  { prefix, steps, seed, temperature, topK, topP }: SampleInput,
  samples: readonly Sequence[],
) => ({
  run: context.files?.path,
  ...(prefix !== undefined && { prefix }),
  count: samples.length,
  steps,
  seed,
  temperature,
  ...(topK !== undefined && { topK }),
  ...(topP !== undefined && { topP }),
});
