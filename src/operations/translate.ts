import { TranslationMemory } from "../baselines/translation-memory.ts";
import { batched } from "../data/batched.ts";
import type { Line } from "../data/lines.ts";
import type { MemorySequence } from "../data/source.ts";
import { piecesOf } from "../data/text/pieces.ts";
import { Tokenizer } from "../data/text/vocabulary.ts";
import { sequencesIn } from "../data/whole-sequences.ts";
import { VrnnError } from "../errors.ts";
import {
  type ReadText,
  TextTranslator,
  type Translation,
  type TranslatorSettings,
} from "../inference/translate.ts";
import {
  type BleuDifference,
  pairedBleu,
  type TranslationScores,
  translationScores,
} from "../metrics/translation-scores.ts";
import { option, usageError } from "../options.ts";
import { requireVocabulary } from "../run/run-fields.ts";
import { counted, grouped } from "../words/figures.ts";
import * as z from "../zod.ts";
import { type Context, filesOf } from "./context.ts";
import { type Event, type NoteEvent, note } from "./event.ts";
import { atLeastOne, readPath } from "./inputs.ts";
import { operation } from "./usual.ts";

/** A line longer than this many tokens is translated in pieces. */
const MOST_TOKENS = 256;
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
  alternatives: option(z.optional(z.int().check(z.minimum(1))), {
    flag: "--alternatives <count>",
    help: "with --json: the most translations of each line (default: 1)",
  }),
  json: option(z._default(z.boolean(), false), {
    flag: "--json",
    help: "answer each line by a line of JSON: the translation, its score, alternatives",
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

type Input = z.output<typeof input>;

/** A translated line: its best translation, and others. */
interface TranslatedLine {
  readonly source: string;
  readonly text: string;
  /** Of a line that was translated as one: what else was found, the best one first. */
  readonly found: readonly Translation[];
}

/** What translations score against references. */
export interface MeasuredTranslations {
  readonly scores: TranslationScores;
  /** Of the rule that answers each line as the training pair is answered which is nearest; absent where these are not at hand. */
  readonly memory?: TranslationScores;
  /** How much better than others they are. */
  readonly difference?: BleuDifference;
}

/** How many lines were answered; how well, where there were references. */
export interface Translated extends Partial<MeasuredTranslations> {
  readonly count: number;
}

export const translate = operation({
  input,
  output: "answers",
  async *run(context, input): AsyncGenerator<Event<Translated>> {
    if (input.against !== undefined && input.references === undefined)
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
    const held = await references(context, input);
    const settings = {
      ...{ runtime: await context.runtime(), model, weights, fields: config.fields },
      ...{ vocabulary: requireVocabulary(config), width: input.beam, lengthPower: input.lengthPower },
    };
    const desk = new Desk(settings, input);
    const kept: TranslatedLine[] = [];
    let count = 0;
    const { signal } = context;
    const leave = new AbortController();
    try {
      for await (const batch of batched(filesOf(context).lines(leave.signal), AHEAD * input.batch)) {
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

/** Lines that translations are held against. */
interface Held {
  readonly references: readonly string[];
  readonly against?: readonly string[];
}

async function references(context: Context, { references: path, against }: Input): Promise<Held | undefined> {
  if (path === undefined) return undefined;
  const files = filesOf(context);
  return {
    references: await files.textLines(path),
    ...(against !== undefined && { against: await files.textLines(against) }),
  };
}

const textsOf = (lines: readonly TranslatedLine[]): string[] => lines.map(({ text }) => text);

/** @throws VrnnError `data/unpaired` unless there is a reference for each line */
function requireAsMany(held: Held, lines: readonly unknown[], { references, against }: Input): void {
  for (const [own, at = ""] of [
    [held.references, references],
    [held.against ?? lines, against],
  ] as const)
    if (own.length !== lines.length)
      throw new VrnnError(
        "data/unpaired",
        `${counted(own.length, "line")} here for ${counted(lines.length, "line")} of translations`,
        { at, remedy: "give a file of which each line answers the same line of what is translated" },
      );
}

/** What the rule is called. */
const MEMORY = "translation memory";

/** What the training pairs of the run would have answered; undefined where they are not at hand. */
async function remembered(
  context: Context,
  lines: readonly TranslatedLine[],
  { references }: Held,
): Promise<TranslationScores | undefined> {
  const train = (await filesOf(context).ownSplits())?.train;
  if (train === undefined) return undefined;
  const tokenizer = new Tokenizer(requireVocabulary((await context.run()).config));
  const textIn = ({ values }: MemorySequence, field: "x" | "source") =>
    tokenizer.decode(values[field] as Int32Array);
  const pairs = (await sequencesIn(train)).map((own) => ({
    source: textIn(own, "source"),
    target: textIn(own, "x"),
  }));
  const memory = new TranslationMemory(pairs);
  return translationScores(
    lines.map(({ source }) => memory.answer(source)),
    references,
  );
}

async function measured(
  context: Context,
  lines: readonly TranslatedLine[],
  held: Held,
  input: Input,
): Promise<MeasuredTranslations> {
  requireAsMany(held, lines, input);
  const { references, against } = held;
  const memory = await remembered(context, lines, held);
  return {
    scores: translationScores(textsOf(lines), references),
    ...(memory && { memory }),
    ...(against && { difference: pairedBleu(textsOf(lines), against, references) }),
  };
}

const figuresOf = ({ scores, memory, difference }: MeasuredTranslations): object => ({
  metric: { ...scores, ...(difference && { against: difference }) },
  baselines: { ...(memory && { [MEMORY]: memory }) },
});

function* scoreLines({ scores, memory, difference }: MeasuredTranslations, lines: number): Generator<string> {
  const { bleu, signature, bleuLowercased, chrf, rougeL } = scores;
  yield `BLEU ${bleu.toFixed(2)} (${signature}), in small letters ${bleuLowercased.toFixed(2)}`;
  yield `chrF2 ${chrf.toFixed(2)}, ROUGE-L ${rougeL.toFixed(2)}, ${counted(lines, "line")}`;
  if (memory !== undefined)
    yield `the answer to the nearest training pair (${MEMORY}): BLEU ${memory.bleu.toFixed(2)}, chrF2 ${memory.chrf.toFixed(2)}`;
  if (difference === undefined) return;
  const [low, high] = difference.interval.map((each) => each.toFixed(2));
  yield `BLEU beyond the other translations: ${difference.difference.toFixed(2)}, 95 % between ${low} and ${high}, p = ${difference.pValue.toFixed(3)}`;
}

const jsonOf = ({ source, text, found }: TranslatedLine, most: number): string => {
  const alternatives = found.slice(0, most).map((each) => ({
    text: each.text,
    score: each.found.score,
    logProbability: each.found.logProbability,
  }));
  return JSON.stringify({ source, translation: text, score: alternatives[0]?.score ?? null, alternatives });
};

/** Where lines are translated: few by themselves, many side by side. */
class Desk {
  /** How many lines were too long to be read as one, and how many translations did not come to an end. */
  private inPieces = 0;
  private unended = 0;
  private readonly settings: Omit<TranslatorSettings, "rows">;
  private readonly input: Input;
  private readonly translators = new Map<number, Promise<TextTranslator>>();

  constructor(settings: Omit<TranslatorSettings, "rows">, input: Input) {
    this.settings = settings;
    this.input = input;
  }

  /** The translations of some lines, in their order. @throws VrnnError `data/line` for a line that is no text */
  async *translated(lines: readonly Line[]): AsyncGenerator<TranslatedLine> {
    const { batch } = this.input;
    const translator = await this.of(lines.length * 2 < batch ? 1 : batch);
    const pieces = lines.map((line) => this.piecesOf(line, translator));
    const found = await translator.translate(pieces.flat());
    this.unended += found.filter(([best]) => best!.isCut).length;
    let at = 0;
    for (const [i, { text = "" }] of lines.entries()) {
      const own = found.slice(at, at + pieces[i]!.length);
      at += own.length;
      // What has no blanks in it, as Chinese has none, is put together without.
      const written = own.map(([best]) => best!.text).join(/\s/.test(text.trim()) ? " " : "");
      yield { source: text, text: written, found: own.length === 1 ? own[0]! : [] };
    }
  }

  /** What there is to say of all lines. */
  *notes(): Generator<NoteEvent> {
    if (this.inPieces > 0)
      yield note(`${counted(this.inPieces, "line")} of more than ${MOST_TOKENS} tokens translated in pieces`);
    if (this.unended > 0)
      yield note(
        `${counted(this.unended, "translation")} did not come to an end by themselves and are cut: train longer, or widen --beam`,
      );
  }

  /** A line as the model reads it: none of an empty one, several of a long one. */
  private piecesOf(line: Line, translator: TextTranslator): ReadText[] {
    const text = this.textOf(line);
    if (text.trim() === "") return [];
    const pieces = piecesOf(text, MOST_TOKENS, (own) => translator.read(own).ids.length);
    if (pieces.length > 1) this.inPieces += 1;
    return pieces.map((piece) => translator.read(piece));
  }

  private textOf({ text, number }: Line): string {
    if (text === undefined) throw badLine(number, "is longer than a million characters", "cut it");
    if (text.includes("\ufffd") && !this.input.replace)
      throw badLine(number, "holds bytes that are no UTF-8", "save it as UTF-8, or add --replace");
    return text;
  }

  private of(rows: number): Promise<TextTranslator> {
    const known = this.translators.get(rows);
    if (known !== undefined) return known;
    const made = TextTranslator.create({ ...this.settings, rows });
    this.translators.set(rows, made);
    return made;
  }

  async dispose(): Promise<void> {
    for (const translator of this.translators.values()) await (await translator).dispose();
  }
}

const badLine = (number: number, what: string, remedy: string): VrnnError =>
  new VrnnError("data/line", `line ${grouped(number)} ${what}`, { at: "stdin", remedy });
