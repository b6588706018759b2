/** Speech that goes on, as words: what is said while it is said. */
import type { Frames } from "../../data/audio/frames.ts";
import { type FeatureStream, frontEnd } from "../../data/audio/front-end.ts";
import type { Stage } from "../../data/audio/stages.ts";
import { type Hearing, stepStage } from "../../data/speech/hearing.ts";
import type { SpeechKnowledge } from "../../data/speech/knowledge.ts";
import { VrnnError } from "../../errors.ts";
import {
  AcousticModel,
  type AcousticModelOptions,
  type HeardSteps,
  hearsWhole,
  requireCausal,
} from "./acoustic-model.ts";
import { type Decoding, type DecodingOptions, decodingOf } from "./decoder.ts";
import { type HeardUtterance, Listener } from "./endpoint.ts";
import type { TimedWord } from "./heard.ts";

/** What speech is heard by, and when something is told. */
export interface LiveTranscriberOptions extends AcousticModelOptions {
  /** What the run knows of speech: `knownOfSpeech`. */
  readonly known: SpeechKnowledge;
  readonly decoding: DecodingOptions;
  /** Seconds of silence that end an utterance; 0.5 unless told. */
  readonly silence?: number;
  /** Seconds of speech without such a silence, after which the words that are certain are told for good; 30 unless told. */
  readonly longest?: number;
  /** The share of a word among hypotheses from which it is taken for certain: see `PrefixBeamOptions`; 0.99 unless told. */
  readonly sure?: number;
  /** The most transcripts of a final result; 1 unless told. */
  readonly alternatives?: number;
}

/** A word and when it was said, in seconds from the beginning of all that was heard. */
export interface SpokenWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** What is being said, as it looks now. */
export interface PartialTranscript {
  readonly type: "partial";
  /** The first `stable` of them stay; the others may change yet. */
  readonly words: readonly SpokenWord[];
  readonly stable: number;
  /** Seconds that were heard up to there. */
  readonly heard: number;
}

/** What was said: it will not change. */
export interface FinalTranscript {
  readonly type: "final";
  /** Of the first word and of the last. */
  readonly start: number;
  readonly end: number;
  /** How sure each is: its posterior among the hypotheses that were left. */
  readonly words: readonly (SpokenWord & { readonly confidence: number })[];
  /** What else it may have been, the words themselves first; one where speech goes on. */
  readonly alternatives: readonly { readonly text: string; readonly posterior: number }[];
  /** How well the words fit: see `FreePath.fit`; undefined where speech goes on. */
  readonly fit: number | undefined;
  readonly heard: number;
}

/** What is told while one speaks. */
export type LiveTranscript = PartialTranscript | FinalTranscript;

/** So many steps are heard at once at most: what is asked for at once bounds the memory. */
const MOST_STEPS = 64;

/**
 * Hears speech in pieces of any sizes, and tells what is said: partial results whose stable part only grows, and a final one after each
 * silence. A second costs the same however long it has listened, and its memory does not grow. What the model remembers is kept over
 * silences: begun at rest in the middle of speech it heard less well (9.75 % of words wrong in place of 7.88, AN4's validation).
 *
 * @example
 * const live = await LiveTranscriber.open({ runtime, model, weights, fields, known: knownOfSpeech(modality), decoding });
 * for await (const samples of microphone)
 *   for (const told of await live.push(samples)) show(told); // { type: "partial", words: [{ word: "NINE", start: 0.36, end: 0.57 }], stable: 1, … }
 * for (const told of await live.finish()) show(told);
 * await live.close();
 */
export class LiveTranscriber {
  private readonly acoustic: AcousticModel;
  private readonly decoding: Decoding;
  private readonly hearing: Hearing;
  private readonly options: LiveTranscriberOptions;
  private readonly secondsPerStep: number;
  private readonly listener: Listener;
  private sound: FeatureStream | undefined;
  private steps: Stage;
  /** Steps that were searched. */
  private searched = 0;
  /** The step at which the words began that were not told for good; undefined while there is none. */
  private began: number | undefined;
  private lastTold = "";

  private constructor(options: LiveTranscriberOptions, acoustic: AcousticModel) {
    const { known, decoding, fields, silence = 0.5, sure = 0.99 } = options;
    this.acoustic = acoustic;
    this.options = options;
    this.hearing = known.hearing;
    this.decoding = decodingOf(fields, known, decoding);
    this.secondsPerStep = known.hearing.stack / known.hearing.frameRate;
    this.listener = new Listener({ ...this.decoding.beam, sure }, { rate: 1 / this.secondsPerStep, silence });
    this.steps = this.freshSteps();
    this.sound = this.freshSound();
  }

  /**
   * @throws VrnnError `model/no-transcriber`; `speech/whole` for a model, or an encoder, that hears whole utterances; `speech/symbols`; `speech/beam`,
   * `speech/endpoint` for settings that cannot be
   */
  static async open(options: LiveTranscriberOptions): Promise<LiveTranscriber> {
    if (options.known.hearing.encoder !== undefined)
      throw hearsWhole("an encoder of your own", "without --features");
    const acoustic = await AcousticModel.open(options);
    try {
      requireCausal(acoustic);
      return new LiveTranscriber(options, acoustic);
    } catch (error) {
      await acoustic.close();
      throw error;
    }
  }

  /** Samples a second that it hears; undefined where its run was trained on features whose sound nobody has. */
  get rate(): number | undefined {
    return this.hearing.spectral?.rate;
  }

  /** Seconds that were searched by now. */
  get heard(): number {
    return this.searched * this.secondsPerStep;
  }

  /**
   * Hears samples; a piece is heard before the next one is given.
   *
   * @param samples `[N]`, from -1 to 1, `rate` of them a second
   * @throws VrnnError `speech/features` where the run hears no sound; `data/sound` for samples that are NaN; `task/not-finite`
   */
  async push(samples: Float32Array): Promise<LiveTranscript[]> {
    return this.pushFrames(this.ears().push(samples));
  }

  /** The same of frames that were computed elsewhere. @param frames before the running mean is taken away @throws VrnnError `data/frames` */
  async pushFrames(frames: Frames): Promise<LiveTranscript[]> {
    const { width } = this.hearing;
    if (frames.width !== width)
      throw new VrnnError(
        "data/frames",
        `a frame has ${frames.width} numbers, and ${width} were learned from`,
      );
    if (!frames.values.every(Number.isFinite))
      throw new VrnnError("data/frames", "a frame holds numbers that are not finite", {
        remedy: "leave such frames out",
      });
    return this.hear(this.steps.push(frames.values));
  }

  /** What was said last, where no more will come. From then on it hears something new, from its beginning. */
  async finish(): Promise<LiveTranscript[]> {
    const told: LiveTranscript[] = [];
    if (this.sound !== undefined) told.push(...(await this.pushFrames(this.sound.end())));
    told.push(...(await this.hear(this.steps.end())));
    told.push(...this.ended(this.listener.finish(this.most)));
    this.acoustic.rest();
    [this.steps, this.sound] = [this.freshSteps(), this.freshSound()];
    return told;
  }

  /** Gives back what the runtime holds; nothing is heard any more. */
  async close(): Promise<void> {
    await this.acoustic.close();
  }

  private get most(): number {
    return Math.max(10, this.options.alternatives ?? 1);
  }

  private freshSteps(): Stage {
    return stepStage(this.hearing)(this.hearing.width);
  }

  private freshSound(): FeatureStream | undefined {
    const { spectral } = this.hearing;
    return spectral && frontEnd(spectral).stream();
  }

  private ears(): FeatureStream {
    if (this.sound !== undefined) return this.sound;
    throw hearsNoSound();
  }

  private async hear(values: Float32Array): Promise<LiveTranscript[]> {
    const told: LiveTranscript[] = [];
    const most = MOST_STEPS * this.steps.width;
    const steps = Float64Array.from(values);
    for (let at = 0; at < steps.length; at += most)
      this.search(await this.acoustic.hear(steps.subarray(at, at + most)), told);
    return told;
  }

  private search({ logProb }: HeardSteps, told: LiveTranscript[]): void {
    const symbols = logProb[this.decoding.field]!;
    const count = this.decoding.units.length;
    for (let at = 0; at < symbols.length; at += count) {
      const utterance = this.listener.push(symbols.subarray(at, at + count));
      this.searched++;
      if (utterance === undefined) this.tell(told);
      else told.push(...this.ended(utterance));
    }
  }

  /** Tells how it looks, where that has changed. */
  private tell(told: LiveTranscript[]): void {
    const words = this.listener.partial();
    if (words.length === 0) this.began = undefined;
    else this.began ??= this.searched;
    const { longest = 30 } = this.options;
    if (this.began !== undefined && (this.searched - this.began) * this.secondsPerStep >= longest) {
      told.push(...this.cut());
      return;
    }
    const stable = this.listener.stable().length;
    const key = `${stable} ${words.map(({ word }) => word).join(" ")}`;
    if (key === this.lastTold || (words.length === 0 && this.lastTold === "")) return;
    this.lastTold = key;
    told.push({ type: "partial", words: words.map(this.spoken), stable, heard: this.heard });
  }

  /** Speech without an end: what is certain of it is told for good, and where nothing is, what is likeliest. */
  private cut(): LiveTranscript[] {
    const certain = this.listener.drain();
    if (certain.length === 0) return this.ended(this.listener.finish(this.most));
    this.began = this.searched;
    this.lastTold = "";
    // All hypotheses that are left have these words.
    const words = certain.map((word) => ({ ...this.spoken(word), confidence: 1 }));
    const text = words.map(({ word }) => word).join(" ");
    return [this.final(words, { alternatives: [{ text, posterior: 1 }], fit: undefined })];
  }

  private ended(utterance: HeardUtterance | undefined): LiveTranscript[] {
    this.began = undefined;
    this.lastTold = "";
    if (utterance === undefined) return [];
    const { hypotheses, fit } = utterance;
    const words = hypotheses[0]!.words.map((word) => ({ ...this.spoken(word), confidence: word.confidence }));
    const alternatives = hypotheses.slice(0, this.options.alternatives ?? 1).map((each) => ({
      text: each.words.map(({ word }) => word).join(" "),
      posterior: each.posterior,
    }));
    return [this.final(words, { alternatives, fit })];
  }

  private final(
    words: FinalTranscript["words"],
    told: Pick<FinalTranscript, "alternatives" | "fit">,
  ): FinalTranscript {
    return {
      type: "final",
      start: words[0]!.start,
      end: words.at(-1)!.end,
      words,
      ...told,
      heard: this.heard,
    };
  }

  private readonly spoken = ({ word, start, end }: TimedWord): SpokenWord => ({
    word,
    start: start * this.secondsPerStep,
    end: end * this.secondsPerStep,
  });
}

/** That a run of features cannot hear sound. */
export const hearsNoSound = (): VrnnError =>
  new VrnnError("speech/features", "the run hears features that were computed elsewhere, and no sound", {
    remedy: "name such features, --stream FILE.mfc, or train a run on recordings",
  });
