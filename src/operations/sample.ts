import type { Sequence } from "../data/dataset.ts";
import { usageError } from "../options.ts";
import type { Event } from "./event.ts";
import { doneWith } from "./materials/index.ts";
import { operation } from "./operation.ts";
import { sampleInput } from "./sample-input.ts";

export const sample = operation({
  input: sampleInput,
  output: "figures",
  async *run(context, input): AsyncGenerator<Event<Sequence[]>> {
    if (input.prefix !== undefined && input.given !== undefined)
      throw usageError("--given and --prefix exclude each other", "the prefix holds its conditions itself");
    const sampled = await doneWith(context, "sample");
    yield* sampled(context, input);
  },
});
