import { batched } from "../data/batched.ts";
import { SPLIT_NAMES } from "../data/dataset.ts";
import type { Line } from "../data/lines.ts";
import { VrnnError } from "../errors.ts";
import { option, usageError } from "../options.ts";
import { requireVocabulary } from "../run/run-fields.ts";
import { counted } from "../words/figures.ts";
import * as z from "../zod.ts";
import { filesOf } from "./context.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne, readPath } from "./inputs.ts";
import { Desk, type TranslatedLine } from "./translate-desk.ts";
import {
  figuresOf,
  heldOf,
  type MeasuredTranslations,
  measured,
  rewritten,
  scoreLines,
  textsOfSplit,
} from "./translate-measured.ts";
import { operation } from "./usual.ts";

/** So many batches are read ahead where lines are at hand: those of similar lengths then go together. */
const AHEAD = 16;

const input = z.strictObject({
  beam: option(z._default(z.int().check(z.minimum(1), z.maximum(1000)), 5), {
    flag: "--beam <width>",
    help: "translations that are gone on with at each step",
  }),
  lengthPower: option(z._default(z.number().check(z.minimum(0), z.maximum(5)), 1), {
    flag: "--length-power <power>",
    help: "of a translation's length, by which its log-probability is divided where they are ranked",
  }),
  coverage: option(z._default(z.number().check(z.minimum(0), z.maximum(5)), 0), {
    flag: "--coverage <weight>",
    help: "how much it counts against a translation, where they are ranked, that it leaves parts of its source out",
  }),
  alternatives: option(z.optional(z.int().check(z.minimum(1))), {
    flag: "--alternatives <count>",
    help: "with --json: the most translations of each line (default: 1)",
  }),
  json: option(z._default(z.boolean(), false), {
    flag: "--json",
    help: "answer each line by a line of JSON: the translation, its score, alternatives",
  }),
  split: option(z.optional(z.enum(SPLIT_NAMES)), {
    flag: "--split <name>",
    help: `the run's own texts of a split (${SPLIT_NAMES.join(", ")}) in the place of stdin, held against their answers`,
  }),
  references: readPath(
    "--references <file>",
    "translations by people, a line each: tells BLEU, chrF and ROUGE-L in the end",
  ),
  against: readPath(
    "--against <file>",
    "other translations of the same lines: tells how much better these are, by a paired bootstrap",
  ),
  batch: atLeastOne("--batch <lines>", "lines that are translated side by side", 32),
  replace: option(z._default(z.boolean(), false), {
    flag: "--replace",
    help: "take bytes that are no UTF-8 for an unknown character",
  }),
});

/** How many lines were answered; how well, where there were references. */
export interface Translated extends Partial<MeasuredTranslations> {
  readonly count: number;
}

export const translate = operation({
  input,
  output: "answers",
  async *run(context, input): AsyncGenerator<Event<Translated>> {
    if (input.split !== undefined && input.references !== undefined)
      throw usageError(
        "--split and --references exclude each other: a split has answers",
        "leave one of them out",
      );
    if (input.against !== undefined && input.references === undefined && input.split === undefined)
      throw usageError(
        "option '--against': there is nothing to hold both against",
        "add --references <file>",
      );
    const { alternatives = 1 } = input;
    if (input.alternatives !== undefined && !input.json)
      throw usageError("option '--alternatives': a line of text has one translation", "add --json");
    if (alternatives > input.beam)
      throw usageError(
        `option '--alternatives': a beam of ${input.beam} finds no more than so many`,
        `add --beam ${alternatives}`,
      );
    const { config, model, weights } = await context.run();
    if (config.fields["source"]?.role !== "source") throw noTranslator();
    const own = input.split && (await textsOfSplit(context, input.split));
    const held = await heldOf(
      context,
      input,
      own?.map(({ target }) => target),
    );
    const settings = {
      ...{ runtime: await context.runtime(), model, weights, fields: config.fields },
      ...{ vocabulary: requireVocabulary(config), width: input.beam },
      ...{ lengthPower: input.lengthPower, coverage: input.coverage },
    };
    if (own) for (const line of rewritten(settings.vocabulary, own)) yield note(line);
    // A run's own texts hold � where their vocabulary has no token.
    const desk = new Desk(settings, { ...input, replace: input.replace || own !== undefined });
    const kept: TranslatedLine[] = [];
    let count = 0;
    const { signal } = context;
    const leave = new AbortController();
    try {
      const read = own ? linesOf(own.map(({ source }) => source)) : filesOf(context).lines(leave.signal);
      for await (const batch of batched(read, AHEAD * input.batch)) {
        if (signal.aborted) break;
        for await (const line of desk.translated(batch)) {
          count += 1;
          if (held !== undefined) kept.push(line);
          yield { type: "answer", text: `${input.json ? jsonOf(line, alternatives) : line.text}\n` };
        }
      }
    } finally {
      leave.abort();
      await desk.dispose();
    }
    yield* desk.notes();
    if (signal.aborted) {
      yield { type: "stopped", text: `stopped after ${counted(count, "line")}` };
      return;
    }
    const told = held && (await measured(context, kept, held, input));
    if (told && told.memory === undefined)
      yield note("no training pairs are at hand: there is no translation memory to hold these against");
    for (const line of told === undefined ? [] : scoreLines(told, count)) yield note(line);
    const figures = told && figuresOf(told);
    if (input.json && figures !== undefined) yield { type: "answer", text: `${JSON.stringify(figures)}\n` };
    yield { type: "result", value: { count, ...told }, summary: { lines: count, ...figures } };
  },
});

const noTranslator = (): VrnnError =>
  new VrnnError("run/no-source", "the run translates nothing", {
    remedy: "train one: vrnn train pairs.tsv --model translate",
  });

async function* linesOf(texts: readonly string[]): AsyncGenerator<Line> {
  for (const [i, text] of texts.entries()) yield { number: i + 1, text };
}

const jsonOf = ({ source, text, found }: TranslatedLine, most: number): string => {
  const alternatives = found.slice(0, most).map((each) => ({
    text: each.text,
    score: each.found.score,
    logProbability: each.found.logProbability,
  }));
  return JSON.stringify({ source, translation: text, score: alternatives[0]?.score ?? null, alternatives });
};
