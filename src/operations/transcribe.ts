import type { Fields } from "../data/fields.ts";
import { wholeSpans } from "../data/plan.ts";
import type { IndexEntry, Part, SequenceSource } from "../data/source.ts";
import { knownOfSpeech } from "../data/speech/knowledge.ts";
import { PAD, RESERVED } from "../data/text/tokens.ts";
import { AcousticModel } from "../inference/speech/acoustic-model.ts";
import { type Decoding, decodingOf } from "../inference/speech/decoder.ts";
import type { Hypothesis } from "../inference/speech/heard.ts";
import { PrefixBeam } from "../inference/speech/prefix-beam.ts";
import { type WordErrors, wordErrors } from "../metrics/word-errors.ts";
import { option } from "../options.ts";
import type { RunConfig } from "../run/run-config.ts";
import { counted } from "../words/figures.ts";
import * as z from "../zod.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne } from "./inputs.ts";
import { operation } from "./usual.ts";

const input = z.strictObject({
  beam: atLeastOne("--beam <width>", "hypotheses that are gone on with at each step", 32),
  weight: option(z._default(z.number().check(z.minimum(0), z.maximum(100)), 1), {
    flag: "--language-weight <factor>",
    help: "what the words before a word count, by n-grams of what was said in training; 0: nothing",
  }),
  bonus: option(z._default(z.number().check(z.minimum(-100), z.maximum(100)), 0), {
    flag: "--word-bonus <nats>",
    help: "what each word adds to a hypothesis",
  }),
  order: option(z._default(z.int().check(z.minimum(1), z.maximum(9)), 2), {
    flag: "--order <n>",
    help: "of the n-grams: 2 tells a word by the one before it",
  }),
  letters: option(z._default(z.boolean(), false), {
    flag: "--letters",
    help: "by letters, of any words, where there is a dictionary too",
  }),
  alternatives: atLeastOne(
    "--alternatives <count>",
    "with --json: the most transcripts of each utterance",
    1,
  ),
  json: option(z._default(z.boolean(), false), {
    flag: "--json",
    help: "answer each utterance by a line of JSON: words with their times and how sure they are, alternatives",
  }),
});

/** An utterance as it was heard. */
export interface Transcript {
  readonly name: string;
  /** The best first. */
  readonly hypotheses: readonly Hypothesis[];
  /** What was said, where it is known. */
  readonly said: readonly string[] | undefined;
}

/** All of them, and how many words are wrong, where what was said is known. */
export interface Transcribed {
  readonly transcripts: readonly Transcript[];
  readonly errors: WordErrors | undefined;
}

export const transcribe = operation({
  input,
  output: "answers",
  async *run(context, { beam: width, json, alternatives, ...asked }): AsyncGenerator<Event<Transcribed>> {
    const { config, model, weights } = await context.run();
    const known = knownOfSpeech(config.modality);
    const decoding = decodingOf(config.fields, known, { ...asked, width });
    const source = await context.source();
    const { fields } = config;
    const acoustic = await AcousticModel.open({ runtime: await context.runtime(), model, weights, fields });
    const secondsPerStep = known.hearing.stack / known.hearing.frameRate;
    const transcripts: Transcript[] = [];
    try {
      for await (const each of transcribed(source, { acoustic, decoding, fields, alternatives })) {
        transcripts.push(each);
        yield { type: "answer", text: `${json ? jsonOf(each, secondsPerStep) : lineOf(each)}\n` };
        if (context.signal.aborted) break;
      }
    } finally {
      await acoustic.close();
    }
    if (context.signal.aborted) {
      yield { type: "stopped", text: `stopped after ${counted(transcripts.length, "utterance")}` };
      return;
    }
    const errors = errorsOf(transcripts);
    if (errors !== undefined) yield note(errorWords(errors));
    const figures = errors && errorFigures(errors);
    if (json && figures !== undefined) yield { type: "answer", text: `${JSON.stringify(figures)}\n` };
    yield {
      type: "result",
      value: { transcripts, errors },
      summary: { utterances: transcripts.length, ...figures },
    };
  },
});

interface Hearing {
  readonly acoustic: AcousticModel;
  readonly decoding: Decoding;
  readonly fields: RunConfig["fields"];
  readonly alternatives: number;
}

/** Each utterance of a source as it was heard. */
async function* transcribed(
  source: SequenceSource,
  { acoustic, decoding, fields, alternatives }: Hearing,
): AsyncGenerator<Transcript> {
  const index = await source.index();
  let i = 0;
  for await (const part of source.open(wholeSpans(index))) {
    const { name } = index[i++] as IndexEntry;
    acoustic.rest();
    const { logProb } = await acoustic.hear(part.values["x"] as Float64Array);
    const beam = new PrefixBeam(decoding.beam);
    const symbols = logProb[decoding.field] as Float32Array;
    const count = decoding.units.length;
    for (let at = 0; at < symbols.length; at += count) beam.push(symbols.subarray(at, at + count));
    yield { name, hypotheses: beam.finish(alternatives), said: saidIn(part, fields) };
  }
}

/** What was said, by its letters; undefined where nobody knows. */
function saidIn({ values }: Part, fields: Fields): readonly string[] | undefined {
  const [ids, field] = [values["letters"] as Int32Array | undefined, fields["letters"]];
  if (ids === undefined || field?.kind !== "tokens" || ids[0] === PAD) return undefined;
  const text = Array.from(ids, (id) => field.vocabulary.tokens[id - RESERVED.length] ?? UNKNOWN_LETTER).join(
    "",
  );
  return text === "" ? [] : text.split(" ");
}

/** Stands for a letter that training never saw. */
const UNKNOWN_LETTER = "�";

function errorsOf(transcripts: readonly Transcript[]): WordErrors | undefined {
  const utterances = transcripts.flatMap(({ said, hypotheses }) =>
    said === undefined ? [] : [{ said, heard: wordsOf(hypotheses[0]) }],
  );
  return utterances.length > 0 ? wordErrors(utterances) : undefined;
}

const wordsOf = (hypothesis: Hypothesis | undefined): string[] =>
  hypothesis?.words.map(({ word }) => word) ?? [];

const lineOf = ({ name, hypotheses }: Transcript): string => `${name}\t${wordsOf(hypotheses[0]).join(" ")}`;

/** With times in seconds. */
function jsonOf({ name, hypotheses, said }: Transcript, secondsPerStep: number): string {
  const timed = hypotheses.map(({ words, score, posterior }) => ({
    text: words.map(({ word }) => word).join(" "),
    words: words.map(({ word, start, end, confidence }) => ({
      word,
      start: start * secondsPerStep,
      end: end * secondsPerStep,
      confidence,
    })),
    score,
    posterior,
  }));
  return JSON.stringify({ name, ...timed[0], ...(said && { said: said.join(" ") }), alternatives: timed });
}

const errorWords = ({
  rate,
  interval,
  words,
  substitutions,
  deletions,
  insertions,
  utterances,
  wrong,
}: WordErrors) =>
  `word error rate ${rate.toFixed(2)} %${interval ? ` (95 %: ${interval.map((each) => each.toFixed(2)).join(" to ")})` : ""}: ${substitutions} substituted, ${deletions} deleted, ${insertions} inserted of ${counted(words, "word")}; ${wrong} of ${counted(utterances, "utterance")} with an error`;

const errorFigures = ({
  rate,
  interval,
  words,
  substitutions,
  deletions,
  insertions,
  wrong,
}: WordErrors) => ({
  ...{ wordErrorRate: rate, interval, words, substitutions, deletions, insertions, wrong },
});
