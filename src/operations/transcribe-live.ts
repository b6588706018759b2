/** What is said while it is said: `vrnn transcribe RUN --stream`. */
import { joinedBytes } from "../collections.ts";
import { framesOf } from "../data/audio/frames.ts";
import { LiveSound } from "../data/audio/live-sound.ts";
import { parseMfc } from "../data/audio/mfc.ts";
import type { PcmEncoding } from "../data/audio/pcm.ts";
import { knownOfSpeech, type SpeechKnowledge } from "../data/speech/knowledge.ts";
import { VrnnError } from "../errors.ts";
import type { DecodingOptions } from "../inference/speech/decoder.ts";
import {
  hearsNoSound,
  LiveTranscriber,
  type LiveTranscript,
  type SpokenWord,
} from "../inference/speech/live-transcriber.ts";
import { visible } from "../legible.ts";
import { counted } from "../words/figures.ts";
import { type Context, filesOf } from "./context.ts";
import { type Event, note } from "./event.ts";
import { rounded } from "./transcribe-told.ts";

/** What is listened to, and how. */
export interface LiveInput {
  /** A file; empty: stdin. */
  readonly stream: string;
  readonly rate: number | undefined;
  readonly encoding: PcmEncoding;
  readonly silence: number;
  readonly sure: number;
  readonly pace: boolean;
  readonly json: boolean;
  readonly alternatives: number;
  readonly decoding: DecodingOptions;
}

/** What was heard of a stream. */
export interface HeardLive {
  readonly seconds: number;
  readonly utterances: number;
  readonly words: number;
}

/** A piece of what is heard: something for a model, or a word for the person who waits. */
type Heard =
  | { readonly seconds: number; readonly hear: (live: LiveTranscriber) => Promise<LiveTranscript[]> }
  | { readonly note: string };

const [FEATURES, WAV] = [".mfc", ".wav"] as const;
/** Seconds that are heard at once: at the pace of speech, and as quickly as it can be. */
const [PACED, QUICK] = [0.03, 0.5] as const;

/**
 * Hears a stream until it ends or the work is asked to stop; in either case what was said last is told.
 *
 * @throws VrnnError `speech/whole`, `speech/features`, `data/...`
 */
export async function* transcribedLive(
  context: Context,
  input: LiveInput,
): AsyncGenerator<Event<never>, HeardLive> {
  const { config, model, weights } = await context.run();
  const known = knownOfSpeech(config.modality);
  const { silence, sure, alternatives, decoding } = input;
  const live = await LiveTranscriber.open({
    ...{ runtime: await context.runtime(), model, weights, fields: config.fields, known },
    ...{ decoding, silence, sure, alternatives },
  });
  const count = { utterances: 0, words: 0 };
  const told = function* (transcripts: readonly LiveTranscript[]): Generator<Event<never>> {
    for (const each of transcripts) {
      if (each.type === "final") {
        count.utterances++;
        count.words += each.words.length;
      }
      yield shown(each, input.json);
    }
  };
  const { signal } = context; // from here on: before, nothing is lost where the system ends the process
  let seconds = 0;
  try {
    const clock = new Pace(signal);
    for await (const piece of pieces(context, known, input)) {
      if (signal.aborted) break;
      if ("note" in piece) {
        yield note(piece.note);
        continue;
      }
      seconds += piece.seconds;
      if (input.pace) await clock.until(seconds);
      yield* told(await piece.hear(live));
    }
    yield* told(await live.finish());
  } finally {
    await live.close();
  }
  if (seconds === 0 && !signal.aborted) throw nothingHeard(input.stream);
  yield note(
    `${seconds.toFixed(1)} s heard, ${counted(count.words, "word")} in ${counted(count.utterances, "utterance")}`,
  );
  return { seconds, ...count };
}

/** Sleeps as far as sound is ahead of its time. */
class Pace {
  private readonly began = performance.now();
  private readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  async until(seconds: number): Promise<void> {
    const left = seconds * 1000 - (performance.now() - this.began);
    if (left > 0 && !this.signal.aborted) await after(left, this.signal);
  }
}

/** Resolves after some milliseconds, or when it is asked to stop. */
const after = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });

/** What is heard, piece by piece. */
async function* pieces(context: Context, known: SpeechKnowledge, input: LiveInput): AsyncGenerator<Heard> {
  const file = input.stream === "" ? undefined : input.stream;
  const bytes = filesOf(context).heard(file);
  const length = input.pace ? PACED : QUICK;
  if (file?.toLowerCase().endsWith(FEATURES)) yield* framesIn(await wholeOf(bytes), known, file, length);
  else yield* soundIn(bytes, known, input, length);
}

/** Features of a file, a few frames at a time. */
function* framesIn(
  bytes: Uint8Array,
  { hearing }: SpeechKnowledge,
  file: string,
  length: number,
): Generator<Heard> {
  if (hearing.spectral !== undefined)
    throw new VrnnError("data/features", "the run hears recordings, and these are features", {
      at: file,
      remedy: "give the recording itself",
    });
  const { frames, notes, period } = parseMfc(bytes, file, hearing.width);
  for (const each of notes) yield { note: each };
  if (period !== undefined && Math.abs(period * hearing.frameRate - 1) > 1e-3)
    yield {
      note: `${file} has ${(1 / period).toFixed(1)} frames a second, and ${hearing.frameRate.toFixed(1)} were learned from: it is heard as if these`,
    };
  const count = Math.max(1, Math.round(length * hearing.frameRate));
  for (let at = 0; at < frames.length; at += count) {
    const values = frames.values.subarray(at * frames.width, (at + count) * frames.width);
    const piece = framesOf(values, frames.width);
    yield { seconds: piece.length / hearing.frameRate, hear: (live) => live.pushFrames(piece) };
  }
}

/** Sound as it comes. */
async function* soundIn(
  bytes: AsyncIterable<Uint8Array | string>,
  { hearing }: SpeechKnowledge,
  { stream, rate: said, encoding }: LiveInput,
  length: number,
): AsyncGenerator<Heard> {
  const wanted = hearing.spectral?.rate;
  if (wanted === undefined) throw hearsNoSound();
  const sound = new LiveSound({
    wanted,
    rate: said ?? wanted,
    encoding,
    at: stream === "" ? "stdin" : stream,
    isWav: stream.toLowerCase().endsWith(WAV),
  });
  const most = Math.max(1, Math.round(length * wanted));
  let isRateTold = said === undefined;
  const cut = function* (samples: Float32Array): Generator<Heard> {
    if (!isRateTold && sound.rate !== undefined) {
      isRateTold = true;
      if (sound.rate !== said) yield { note: `--rate ${said} has no effect: the header says ${sound.rate}` };
    }
    for (const text of sound.notes()) yield { note: text };
    for (let at = 0; at < samples.length; at += most) {
      const piece = samples.subarray(at, at + most);
      yield { seconds: piece.length / wanted, hear: (live) => live.push(piece) };
    }
  };
  for await (const piece of bytes) {
    if (typeof piece === "string") yield { note: piece };
    else yield* cut(sound.push(piece));
  }
  yield* cut(sound.end());
}

async function wholeOf(pieces: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) if (typeof piece !== "string") all.push(piece);
  return joinedBytes(all);
}

const shown = (told: LiveTranscript, isJson: boolean): Event<never> => {
  if (isJson) return { type: "answer", text: `${JSON.stringify(jsonOf(told))}\n` };
  if (told.type === "final") return { type: "answer", text: `${visible(textOf(told.words))}\n` };
  const { words, stable } = told;
  return { type: "partial", stable: textOf(words.slice(0, stable)), rest: textOf(words.slice(stable)) };
};

const textOf = (words: readonly SpokenWord[]): string => words.map(({ word }) => word).join(" ");

function jsonOf(told: LiveTranscript): object {
  const words = told.words.map(({ start, end, ...word }) => ({
    ...word,
    start: rounded(start),
    end: rounded(end),
  }));
  const [start, end] = [words[0]?.start ?? null, words.at(-1)?.end ?? null];
  const common = { type: told.type, heard: rounded(told.heard), start, end, text: textOf(told.words), words };
  if (told.type === "partial") return { ...common, stable: told.stable };
  return {
    ...common,
    ...(told.fit !== undefined && { fit: told.fit }),
    ...(told.alternatives.length > 1 && { alternatives: told.alternatives }),
  };
}

const nothingHeard = (file: string): VrnnError =>
  new VrnnError("data/sound", "no sound came in", {
    at: file === "" ? "stdin" : file,
    remedy:
      "let a recorder write there: arecord -f S16_LE -r 16000 | vrnn transcribe RUN --stream --rate 16000",
  });
