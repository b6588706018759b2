/** What `vrnn sample` writes from a run of text. */

import type { Sequence } from "../../data/dataset.ts";
import { Tokenizer, type Vocabulary } from "../../data/text/vocabulary.ts";
import { sampleTexts } from "../../inference/sample-text.ts";
import { usageError } from "../../options.ts";
import { requireVocabulary } from "../../run/run-fields.ts";
import { counted } from "../../words/figures.ts";
import type { Context } from "../context.ts";
import { type Event, note } from "../event.ts";
import { type SampleInput, saidOf } from "../sample-input.ts";
import { madeIn } from "../usual.ts";

/** Texts, printed one after the other with an empty line between, or a file each in a folder; as values their ids. */
export async function* sampledTexts(context: Context, input: SampleInput): AsyncGenerator<Event<Sequence[]>> {
  const { count = 1, out, prefix, steps, seed, temperature, topK, topP, window, given, future } = input;
  if (given !== undefined || future !== undefined)
    throw usageError("--given and --future are of tables, and this run is of text", "leave them out");
  const { config, model, weights } = await context.run();
  const vocabulary = requireVocabulary(config);
  for (const line of prefixNotes(prefix, vocabulary)) yield note(line);
  const sampled = await sampleTexts({
    runtime: await context.runtime(),
    model,
    weights,
    vocabulary,
    prefix,
    count,
    steps,
    seed,
    temperature,
    window,
    ...((topK !== undefined || topP !== undefined) && { truncation: { topK, topP } }),
  });
  const texts = sampled.map(({ text }) => text);
  const value = sampled.map(({ ids }, i) => ({ name: `sample ${i + 1}`, length: ids.length, values: ids }));
  if (out === undefined)
    yield { type: "lines", lines: texts.flatMap((text, i) => [...(i > 0 ? [""] : []), ...text.split("\n")]) };
  else yield { type: "artifacts", files: madeIn(context, out, textFiles(texts)) };
  yield { type: "result", value, summary: { ...saidOf(context, input, value), texts } };
}

/** What is said of a prefix that the model cannot read as it stands. */
function prefixNotes(prefix: string | undefined, vocabulary: Vocabulary): string[] {
  const { ids, unknown } = new Tokenizer(vocabulary).encode(prefix ?? "");
  return unknown > 0
    ? [
        `${unknown} of ${counted(ids.length, "token")} of the prefix are none that training had: they count as unknown`,
      ]
    : [];
}

const textFiles = (texts: readonly string[]): Record<string, () => string> =>
  Object.fromEntries(texts.map((text, i) => [`sample-${i + 1}.txt`, () => `${text}\n`]));
