/** Speech that a model makes up: from nothing, from a beginning, or of the latent variables of recordings. */
import type { Frames } from "../../data/audio/frames.ts";
import type { Column, ConditionColumn } from "../../data/dataset.ts";
import type { Fields } from "../../data/fields.ts";
import type { MemorySequence } from "../../data/source.ts";
import type { Hearing } from "../../data/speech/hearing.ts";
import { END, endOf, framesOfSteps, modelledSteps, tellsEnd } from "../../data/speech/modelled.ts";
import { type Spoken, voiceRows } from "../../data/speech/voices.ts";
import { untempered } from "../../distributions/untempered.ts";
import { VrnnError } from "../../errors.ts";
import { withGivenLatents, withLatentTemperature } from "../../models/latent-draws.ts";
import { isLatent, type LatentModel, latentWidth, type Model } from "../../models/model.ts";
import { sequenceBlocks } from "../../models/state.ts";
import type { TensorValue, Values } from "../../runtime/runtime.ts";
import { type GenerateOptions, generateRows } from "../generate.ts";
import { prefixStates } from "../prefix.ts";
import { type Fill, knownFeeds, recorded, rowDraws } from "../rows.ts";
import { scoreRows } from "../score.ts";

/** What speaks, and how. */
export interface SpeakerOptions
  extends Pick<GenerateOptions, "runtime" | "model" | "weights" | "seed" | "temperature"> {
  /** Of the latent variables: 1 is the model's own spread, less is tamer. */
  readonly latentTemperature: number;
  readonly fields: Fields;
  readonly hearing: Hearing;
}

/** An utterance that was made up. */
export interface Utterance {
  readonly spoken: Spoken;
  readonly frames: Frames;
  /** Whether it came to an end: where the model says none, it is as long as was asked for. */
  readonly ended: boolean;
}

/** A recording as a model hears it. */
export interface Recording {
  readonly name: string;
  readonly frames: Frames;
  /** What is said in it, and by whom. */
  readonly spoken: Spoken;
}

/** What a model makes of a recording. */
export interface EncodedRecording {
  readonly spoken: Spoken;
  /** `[T, Z]`: the posterior means of the latent variables of its steps. */
  readonly latents: Float64Array;
  /** The bound of all of it, in nats. */
  readonly nats: number;
}

/** An utterance may take so much longer than was asked for before it is cut. */
const [LONGER, MARGIN] = [1.25, 5] as const;

/**
 * Speaks by a trained model.
 *
 * @example
 * const speaker = new Speaker({ runtime, model, weights, fields, hearing, seed: 1, temperature: 0.75, latentTemperature: 1 });
 * const [seven] = await speaker.say([{ text: "seven", speaker: "jackson", length: 45 }]);
 * soundOf(hearing, seven.frames); // { rate: 8000, channels: [Float32Array(3520)] }
 */
export class Speaker {
  private readonly options: SpeakerOptions;
  private readonly columns: readonly Column[];
  private readonly conditions: readonly ConditionColumn[];
  private readonly stepRate: number;

  constructor(options: SpeakerOptions) {
    const { fields, hearing } = options;
    const { x, condition } = fields;
    this.options = options;
    this.columns = x?.kind === "columns" ? x.columns : [];
    this.conditions = condition?.kind === "columns" ? (condition.columns as readonly ConditionColumn[]) : [];
    this.stepRate = hearing.frameRate / hearing.stack;
  }

  /** Utterances from nothing: latent variables from the prior. */
  async say(spoken: readonly Spoken[]): Promise<Utterance[]> {
    return this.generated(spoken);
  }

  /**
   * What comes after the beginning of an utterance, which is as long in all as each says.
   *
   * @throws VrnnError `speech/too-short` where that is no longer than the beginning
   */
  async continued(beginning: Frames, spoken: readonly Spoken[]): Promise<Utterance[]> {
    const { model, runtime, weights, seed, fields } = this.options;
    const short = spoken.find(({ length }) => length <= beginning.length);
    if (short !== undefined) throw tooShort(beginning.length / this.stepRate, short.length / this.stepRate);
    const parts = spoken.map((each) =>
      this.sequenceOf({ name: "beginning", frames: beginning, spoken: each }, false),
    );
    const states = await prefixStates({ runtime, model, weights, seed, fields }, parts);
    return this.generated(spoken, { states, done: beginning.length });
  }

  /**
   * An utterance for the latent variables of each step, such as those of a recording by somebody else.
   *
   * @param latents of each `[length, Z]`
   * @throws VrnnError `speech/latents` for a model that has none of steps
   */
  async decoded(spoken: readonly Spoken[], latents: readonly Float64Array[]): Promise<Utterance[]> {
    this.requireLatents();
    return this.generated(spoken, { latents });
  }

  /**
   * What a model makes of recordings.
   *
   * @throws VrnnError `speech/latents` for a model that has no latent variables of steps
   */
  async encoded(recordings: readonly Recording[]): Promise<EncodedRecording[]> {
    this.requireLatents();
    return this.scored(recordings);
  }

  /** Of some ways to take a recording the one that makes it likeliest: what was said in it, and by whom. */
  async likeliest(recording: Omit<Recording, "spoken">, ways: readonly Spoken[]): Promise<Spoken> {
    const scores = await this.scored(ways.map((spoken) => ({ ...recording, spoken })));
    return scores.reduce((best, each) => (each.nats > best.nats ? each : best)).spoken;
  }

  private async scored(recordings: readonly Recording[]): Promise<EncodedRecording[]> {
    const { model, runtime, weights, seed, fields } = this.options;
    const sequences = recordings.map((recording) => this.sequenceOf(recording, true));
    const scores = await scoreRows({ runtime, model, weights, seed, fields, sequences });
    return scores.map(({ latent, total }, i) => ({
      spoken: recordings[i]!.spoken,
      latents: latent,
      nats: total.reduce((sum, nats) => sum + nats, 0),
    }));
  }

  /** @param ended whether the last frame is the end of the utterance */
  private sequenceOf({ name, frames, spoken }: Recording, ended: boolean): MemorySequence {
    const x = modelledSteps(this.options.hearing.features, frames, ended);
    const condition = voiceRows(this.conditions, spoken, this.stepRate, frames.length);
    return { name, length: frames.length, values: { x, ...(this.conditions.length > 0 && { condition }) } };
  }

  private async generated(
    spoken: readonly Spoken[],
    { states, done: before = 0, latents }: Begun = {},
  ): Promise<Utterance[]> {
    const { model, hearing } = this.options;
    const isOpen = tellsEnd(hearing.features) && latents === undefined;
    const most = spoken.map(({ length }) => (isOpen ? Math.ceil(LONGER * length) + MARGIN : length) - before);
    const steps = Math.max(...most);
    const tables = spoken.map((each) => voiceRows(this.conditions, each, this.stepRate, before + steps));
    const given = latents?.map((own) => padded(own, steps * latentWidth(model)));
    const rows = await generateRows({
      ...this.options,
      model: this.speaking(given !== undefined),
      count: spoken.length,
      steps,
      ...(states && { states }),
      known: (done, length) => ({
        ...knownFeeds(model, tables, before + done, length),
        ...(given && { noise: latentFeeds(given, latentWidth(model), done, length) }),
      }),
    });
    return rows.map(({ x }, i) => {
      const own = recorded(x, this.columns).subarray(0, most[i]! * this.columns.length);
      return this.utterance(own, spoken[i]!, isOpen);
    });
  }

  /** @param steps `[T, D]` @param isOpen whether the model says when it is over */
  private utterance(steps: Float64Array, spoken: Spoken, isOpen: boolean): Utterance {
    const { features, width } = this.options.hearing;
    const end = isOpen ? endOf(features, steps, width) : undefined;
    const said = end === undefined ? steps : steps.subarray(0, end * this.columns.length);
    return { spoken, frames: framesOfSteps(features, said, width), ended: !isOpen || end !== undefined };
  }

  /** The model as it makes speech up. @param given whether its latent variables are */
  private speaking(given: boolean): Model {
    const { model, latentTemperature } = this.options;
    if (!isLatent(model)) return model;
    // The end of an utterance is rare at each step: frames may be tamer, and it comes as often as the model says.
    const ends = this.columns.map(({ name }) => name === END);
    const emission = untempered(model.emission, ends);
    const own = Object.create(model, { emission: { value: emission, enumerable: true } }) as LatentModel;
    return given ? withGivenLatents(own) : withLatentTemperature(own, latentTemperature);
  }

  private requireLatents(): void {
    const { model } = this.options;
    if (latentWidth(model) > 0 && sequenceBlocks(model).length === 0) return;
    throw new VrnnError(
      "speech/latents",
      "the model has no latent variables of steps that a recording could be told by",
      {
        remedy: "train one that has: vrnn train <folder> --model voice",
      },
    );
  }
}

/** What generation goes on from. */
interface Begun {
  readonly states?: Values;
  /** Steps that are over. */
  readonly done?: number;
  readonly latents?: readonly Float64Array[];
}

/** Latent variables of `length` steps from step `done` on, `[length, B, Z]`. @param rows of each `[steps, Z]` */
function latentFeeds(
  rows: readonly Float64Array[],
  width: number,
  done: number,
  length: number,
): TensorValue {
  const fills = rows.map(
    (row): Fill =>
      (numbers) => {
        numbers.set(row.subarray(done * width, (done + length) * width));
      },
  );
  return rowDraws(fills, Array<number>(rows.length).fill(length), length, width);
}

function padded(values: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size);
  out.set(values.subarray(0, size));
  return out;
}

const tooShort = (beginning: number, asked: number): VrnnError =>
  new VrnnError(
    "speech/too-short",
    `the beginning takes ${beginning.toFixed(2)} s, and all of it is to take ${asked.toFixed(2)} s`,
    { remedy: "give more --seconds, which are of all of it, or a shorter beginning" },
  );

/**
 * Latent variables between those of two recordings, stretched to one length.
 *
 * @param share 0 is the first, 1 the second
 * @param length of what is wanted, in steps
 * @returns `[length, Z]`
 */
export function latentsBetween(
  [first, second]: readonly [EncodedRecording, EncodedRecording],
  share: number,
  length: number,
): Float64Array {
  const width = first.latents.length / first.spoken.length;
  const out = new Float64Array(length * width);
  const at = ({ latents, spoken }: EncodedRecording, t: number, d: number) => {
    const place = length === 1 ? 0 : (t * (spoken.length - 1)) / (length - 1);
    const [before, rest] = [Math.floor(place), place % 1];
    const after = Math.min(spoken.length - 1, before + 1);
    return (1 - rest) * latents[before * width + d]! + rest * latents[after * width + d]!;
  };
  for (let t = 0; t < length; t++)
    for (let d = 0; d < width; d++)
      out[t * width + d] = (1 - share) * at(first, t, d) + share * at(second, t, d);
  return out;
}
