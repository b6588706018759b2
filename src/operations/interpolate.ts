import { type InterpolatedText, interpolateTexts } from "../inference/interpolate.ts";
import { option, usageError } from "../options.ts";
import { requireVocabulary } from "../run/run-fields.ts";
import * as z from "../zod.ts";
import type { Event } from "./event.ts";
import { atLeastOne, seed } from "./inputs.ts";
import { operation } from "./usual.ts";

const text = (flag: string, help: string) =>
  option(z.optional(z.string().check(z.minLength(1))), { flag, help });

export const interpolate = operation({
  input: z.strictObject({
    from: text("--from <text>", "the text that it begins with"),
    to: text("--to <text>", "the text that it ends with"),
    points: option(z._default(z.int().check(z.minimum(2), z.maximum(1000)), 5), {
      flag: "--points <count>",
      help: "how many texts, both ends among them",
    }),
    steps: atLeastOne("--steps <steps>", "the most tokens of each", 64),
    temperature: option(z._default(z.number().check(z.gt(0), z.maximum(100)), 0.001), {
      flag: "--temperature <number>",
      help: "1 draws as the model does; next to 0, the default, it writes the likeliest token each time",
    }),
    seed: seed("the same seed gives the same texts"),
  }),
  output: "figures",
  async *run(context, { from, to, ...input }): AsyncGenerator<Event<InterpolatedText[]>> {
    if (from === undefined || to === undefined)
      throw usageError("texts lie between two: --from and --to", 'give both, such as --from "a dog runs"');
    const { config, model, weights } = await context.run();
    const vocabulary = requireVocabulary(config);
    const runtime = await context.runtime();
    const settings = { runtime, model, weights, fields: config.fields, vocabulary };
    const value = await interpolateTexts({ ...settings, ...input, from, to });
    yield { type: "lines", lines: value.map(({ share, text: own }) => `${share.toFixed(2)}  ${own}`) };
    yield { type: "result", value, summary: { run: context.files?.path, texts: value } };
  },
});
