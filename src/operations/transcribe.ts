import { type PcmEncoding, pcmEncodings } from "../data/audio/pcm.ts";
import { knownOfSpeech } from "../data/speech/knowledge.ts";
import { AcousticModel } from "../inference/speech/acoustic-model.ts";
import { type Decoding, decodingOf, usualDecoding } from "../inference/speech/decoder.ts";
import { bestWords, type HeardUtterance, heardUtterances } from "../inference/speech/utterances.ts";
import { type WordErrors, wordErrors } from "../metrics/word-errors.ts";
import { option, usageError } from "../options.ts";
import { counted, listed } from "../words/figures.ts";
import * as z from "../zod.ts";
import type { Context, Pictures } from "./context.ts";
import { nothingDraws } from "./drawing.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne } from "./inputs.ts";
import { type HeardLive, transcribedLive } from "./transcribe-live.ts";
import { errorFigures, errorWords, jsonOf, lineOf, type Transcript } from "./transcribe-told.ts";
import { operation } from "./usual.ts";
import { writtenFile } from "./written-inputs.ts";

const encodingNames = Object.keys(pcmEncodings) as PcmEncoding[];

const input = z.strictObject({
  beam: atLeastOne("--beam <width>", "hypotheses that are kept", usualDecoding.width),
  weight: option(z._default(z.number().check(z.minimum(0), z.maximum(100)), usualDecoding.weight), {
    flag: "--language-weight <factor>",
    help: "what the words before a word count, by n-grams of training; 0: nothing",
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
    help: "a word of the dictionary is decided so long after its end, whatever follows",
  }),
  alternatives: atLeastOne(
    "--alternatives <count>",
    "with --json: the most transcripts of each utterance",
    1,
  ),
  report: writtenFile("--report <file>", "a page of what was heard, errors and recordings (HTML)", ".html"),
  json: option(z._default(z.boolean(), false), {
    flag: "--json",
    help: "answer by a line of JSON for each utterance",
  }),
  stream: option(z.optional(z.string()), {
    flag: "--stream [file]",
    help: "follow what is said: samples, WAV or features (.mfc) of a file, or from stdin",
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
    help: "with --stream: of hypotheses that have a word, for it to be told for good",
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

/** What weighs words, by its flag: by letters none are known that could be weighed. */
const OF_WORDS = {
  weight: "--language-weight",
  bonus: "--word-bonus",
  order: "--order",
  within: "--within",
} as const;

function* lettersNotes(
  { beam }: Decoding,
  given: Readonly<Record<string, unknown>>,
): Generator<Event<never>> {
  const flags = flagsAmong(OF_WORDS, given);
  if (beam.separator !== undefined && flags.length > 0)
    yield note(`by letters no words are weighed: ${listed(flags, flags.length)} without effect`);
}

/** The flags of what was said. */
const flagsAmong = (
  flags: Readonly<Record<string, string>>,
  given: Readonly<Record<string, unknown>>,
): string[] => Object.entries(flags).flatMap(([key, flag]) => (given[key] === undefined ? [] : [flag]));

/** What draws a page. @throws VrnnError `operation/no-pictures` */
async function requirePage({ pictures }: Context): Promise<Awaited<ReturnType<Pictures["speech"]>>> {
  if (pictures === undefined) throw nothingDraws();
  return pictures.speech();
}

function errorsOf(transcripts: readonly Transcript[]): WordErrors | undefined {
  const utterances = transcripts.flatMap(({ said, hypotheses }) =>
    said === undefined ? [] : [{ said, heard: bestWords(hypotheses) }],
  );
  return utterances.length > 0 ? wordErrors(utterances) : undefined;
}

/** What says how a stream is heard, by its flag: without a stream it has no effect. */
const OF_STREAMS = {
  rate: "--rate",
  encoding: "--encoding",
  silence: "--silence",
  sure: "--sure",
  pace: "--pace",
} as const;

/** @param given what was said @throws VrnnError `usage/option` for what has no effect without a stream */
function refuseWithoutStream(given: Readonly<Record<string, unknown>>): void {
  const [flag] = flagsAmong(OF_STREAMS, given);
  if (flag === undefined) return;
  throw usageError(`option '${flag}' has no effect on whole utterances`, "add --stream, or leave it out");
}
