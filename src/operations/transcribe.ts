import { type PcmEncoding, pcmEncodings } from "../data/audio/pcm.ts";
import { knownOfSpeech } from "../data/speech/knowledge.ts";
import { AcousticModel } from "../inference/speech/acoustic-model.ts";
import { type Decoding, decodingOf, usualDecoding } from "../inference/speech/decoder.ts";
import { bestWords, type HeardUtterance, heardUtterances } from "../inference/speech/utterances.ts";
import { visible } from "../legible.ts";
import { type WordErrors, wordErrors } from "../metrics/word-errors.ts";
import { flagName, metaOf, option, shapeOf, usageError } from "../options.ts";
import { counted, listed } from "../words/figures.ts";
import * as z from "../zod.ts";
import type { Context, Pictures } from "./context.ts";
import { nothingDraws } from "./drawing.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne } from "./inputs.ts";
import { type HeardLive, refuseWithoutStream, rounded, transcribedLive } from "./transcribe-live.ts";
import { operation } from "./usual.ts";
import { writtenFile } from "./written-inputs.ts";

const encodingNames = Object.keys(pcmEncodings) as PcmEncoding[];

const input = z.strictObject({
  beam: atLeastOne("--beam <width>", "hypotheses that are gone on with at each step", usualDecoding.width),
  weight: option(z._default(z.number().check(z.minimum(0), z.maximum(100)), usualDecoding.weight), {
    flag: "--language-weight <factor>",
    help: "what the words before a word count, by n-grams of what was said in training; 0: nothing",
  }),
  bonus: option(z._default(z.number().check(z.minimum(-100), z.maximum(100)), usualDecoding.bonus), {
    flag: "--word-bonus <nats>",
    help: "what each word adds to a hypothesis",
  }),
  order: option(z._default(z.int().check(z.minimum(1), z.maximum(9)), usualDecoding.order), {
    flag: "--order <n>",
    help: "of the n-grams: 2 tells a word by the one before it",
  }),
  letters: option(z._default(z.boolean(), usualDecoding.letters), {
    flag: "--letters",
    help: "by letters, of any words, where there is a dictionary too",
  }),
  within: option(z.optional(z.number().check(z.gt(0), z.maximum(60))), {
    flag: "--within <seconds>",
    help: "a word of the dictionary is decided so long after its end, whatever follows: sooner, and less often right (default: once nothing else is likely)",
  }),
  alternatives: atLeastOne(
    "--alternatives <count>",
    "with --json: the most transcripts of each utterance",
    1,
  ),
  report: writtenFile(
    "--report <file>",
    "a page of what was heard: errors, the worst utterances in time, their recordings (HTML)",
    ".html",
  ),
  json: option(z._default(z.boolean(), false), {
    flag: "--json",
    help: "answer each utterance by a line of JSON: words with their times and how sure they are, alternatives",
  }),
  stream: option(z.optional(z.string()), {
    flag: "--stream [file]",
    help: "follow what is said: samples or a WAV file from stdin, or of a file; also of features (.mfc)",
    reads: true,
  }),
  rate: option(z.optional(z.int().check(z.minimum(1000), z.maximum(1_000_000))), {
    flag: "--rate <hertz>",
    help: "with --stream: samples a second, where no header says (default: as many as the run hears)",
  }),
  encoding: option(z._default(z.enum(encodingNames), "s16le"), {
    flag: "--encoding <name>",
    help: `with --stream: how samples are written, where no header says, ${encodingNames.join(", ")}`,
  }),
  silence: option(z._default(z.number().check(z.minimum(0.05), z.maximum(60)), 0.5), {
    flag: "--silence <seconds>",
    help: "with --stream: a pause after which an utterance is over",
  }),
  sure: option(z._default(z.number().check(z.gt(0.5), z.maximum(1)), 0.99), {
    flag: "--sure <share>",
    help: "with --stream: of what hypotheses say, for a word to be told for good; 1: all of them",
  }),
  pace: option(z._default(z.boolean(), false), {
    flag: "--pace",
    help: "with --stream: hear a file no quicker than it was spoken",
  }),
});

/** All of them, and how many words are wrong, where what was said is known. */
export interface Transcribed {
  readonly transcripts: readonly Transcript[];
  readonly errors: WordErrors | undefined;
  /** Of a stream, whose transcripts are told as they come and not kept. */
  readonly live?: HeardLive;
}

export const transcribe = operation({
  input,
  output: "answers",
  async *run(
    context,
    { beam: width, json, report, alternatives, weight, bonus, order, letters, within, stream, ...ofStream },
    given,
  ): AsyncGenerator<Event<Transcribed>> {
    if (stream === undefined) refuseWithoutStream(given);
    else if (report !== undefined) throw usageError("--report has no effect with --stream", "leave it out");
    const { config, model, weights } = await context.run();
    const known = knownOfSpeech(config.modality);
    const asked = { weight, bonus, order, letters, within, width };
    const decoding = decodingOf(config.fields, known, asked);
    yield* lettersNotes(decoding, given);
    if (stream !== undefined) {
      const live = yield* transcribedLive(context, {
        ...{ ...ofStream, rate: ofStream.rate, stream, json, alternatives, decoding: asked },
      });
      yield { type: "result", value: { transcripts: [], errors: undefined, live }, summary: live };
      return;
    }
    const source = await context.source();
    const { fields } = config;
    const acoustic = await AcousticModel.open({ runtime: await context.runtime(), model, weights, fields });
    const secondsPerStep = known.hearing.stack / known.hearing.frameRate;
    const hearing = { acoustic, decoding, fields, alternatives };
    const transcripts: Transcript[] = [];
    const draw = report === undefined ? undefined : await requirePage(context);
    const shown: HeardUtterance[] = [];
    try {
      for await (const heard of heardUtterances(source, hearing)) {
        const { name, hypotheses, said } = heard;
        const each: Transcript = { name, hypotheses, said };
        transcripts.push(each);
        if (draw !== undefined) shown.push(heard);
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
    if (report !== undefined && draw !== undefined) {
      const page = await draw(shown, { config, of: transcripts.length, decoding });
      yield { type: "artifacts", files: [{ path: report, content: () => page }] };
      yield note(`written to ${report}`);
    }
    yield {
      type: "result",
      value: { transcripts, errors },
      summary: { utterances: transcripts.length, ...figures },
    };
  },
});

/** By letters no words are known that could be weighed: what asks for it has no effect. */
function* lettersNotes(
  { beam }: Decoding,
  given: Readonly<Record<string, unknown>>,
): Generator<Event<never>> {
  const without = ["weight", "bonus", "order", "within"].filter((key) => given[key] !== undefined);
  if (beam.separator === undefined || without.length === 0) return;
  const flags = without.map((key) => flagName(metaOf(shapeOf(input)[key]!).flag ?? key));
  yield note(`by letters no words are weighed: ${listed(flags, flags.length)} without effect`);
}

/** What draws a page. @throws VrnnError `operation/no-pictures` */
async function requirePage({ pictures }: Context): Promise<Awaited<ReturnType<Pictures["speech"]>>> {
  if (pictures === undefined) throw nothingDraws();
  return pictures.speech();
}

/** An utterance as it was heard, and what was said. */
export type Transcript = Pick<HeardUtterance, "name" | "hypotheses" | "said">;

function errorsOf(transcripts: readonly Transcript[]): WordErrors | undefined {
  const utterances = transcripts.flatMap(({ said, hypotheses }) =>
    said === undefined ? [] : [{ said, heard: bestWords(hypotheses) }],
  );
  return utterances.length > 0 ? wordErrors(utterances) : undefined;
}

const lineOf = ({ name, hypotheses }: Transcript): string =>
  `${visible(name)}\t${visible(bestWords(hypotheses).join(" "))}`;

/** With times in seconds. */
function jsonOf({ name, hypotheses, said }: Transcript, secondsPerStep: number): string {
  const timed = hypotheses.map(({ words, score, posterior }) => ({
    text: words.map(({ word }) => word).join(" "),
    words: words.map(({ word, start, end, confidence }) => ({
      word,
      start: rounded(start * secondsPerStep),
      end: rounded(end * secondsPerStep),
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
