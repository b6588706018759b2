import { type Encoded, encodeSequences } from "../inference/encode.ts";
import { capabilitiesOf, latentWidth } from "../models/model.ts";
import { hasPaths } from "../models/requirements.ts";
import { option, usageError } from "../options.ts";
import { encodingFeatures } from "../patterns/features.ts";
import { poolNames } from "../patterns/pool.ts";
import { encodingTable } from "../tables/encode-table.ts";
import { featuresTable } from "../tables/features-table.ts";
import { counted } from "../words/figures.ts";
import * as z from "../zod.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne, seed } from "./inputs.ts";
import { subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";
import { tableOut } from "./written-inputs.ts";

export const encode = operation({
  input: z.strictObject({
    samples: atLeastOne(
      "--samples <count>",
      "particles whose posteriors are taken together",
      16,
      "particles",
    ),
    state: option(z._default(z.boolean(), false), {
      flag: "--state",
      help: "the recurrent state too; pooled, it is always there",
    }),
    path: option(z._default(z.boolean(), false), {
      flag: "--path",
      help: "the hidden state of each step on the likeliest path too (of a hidden Markov model)",
    }),
    pool: option(z.optional(z.array(z.enum(poolNames)).check(z.minLength(1))), {
      flag: "--pool <ways>",
      help: `a row a sequence, pooled over its steps: ${poolNames.join(", ")}, by comma`,
    }),
    out: tableOut(),
    seed: seed("the same seed gives the same table"),
  }),
  output: "table",
  async *run(context, { samples, state, path, pool, out, seed }): AsyncGenerator<Event<Encoded[]>> {
    const { settings, time } = await subjectOf(context, "encode");
    const { smooths } = capabilitiesOf(settings.model);
    if (latentWidth(settings.model) === 0 && !smooths && !state && pool === undefined)
      throw usageError("the model has no latent variables", "its state is told with --state");
    if (path && !hasPaths(settings.model))
      throw usageError("option '--path': the model has no hidden state that is one of some", "leave it out");
    if (path && pool !== undefined)
      throw usageError("option '--path': a path is told step by step, not pooled", "leave one of both out");
    const states = state || pool !== undefined;
    const value = await encodeSequences({ ...settings, particles: samples, seed, states, path });
    const table = () =>
      pool === undefined
        ? encodingTable(value, { time, withState: state })
        : featuresTable(
            value.map(({ sequence }) => sequence.name),
            encodingFeatures(value, pool),
          );
    yield { type: "artifacts", files: [{ path: out, content: table }] };
    const { length: sequences } = value;
    if (out !== undefined) yield note(`${counted(sequences, "sequence")} encoded, written to ${out}`);
    const latent = latentWidth(settings.model);
    yield { type: "result", value, summary: { out, sequences, latent, samples, seed } };
  },
});
