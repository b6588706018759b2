/** What a model hears in speech that goes on: how likely each symbol is at each step. */
import type { Fields } from "../../data/fields.ts";
import { VrnnError } from "../../errors.ts";
import { capabilitiesOf, type Model, noiseWidth, type Transcriber } from "../../models/model.ts";
import { ModelFeeder } from "../../models/model-feeder.ts";
import { heardNames, logProbNames } from "../../models/transcriber-names.ts";
import { nextNames, stateNames } from "../../names.ts";
import { type Executable, emptyFloat32, float32, type Runtime, type Values } from "../../runtime/runtime.ts";
import { restingStates } from "../../train/feeds.ts";
import { compileFinite } from "../finite.ts";
import { frozen } from "../frozen.ts";
import { recognitionProgram, requireTranscriber } from "../recognition-program.ts";

/** A trained model that tells transcripts. */
export interface AcousticModelOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  /** Those that the model was trained on. */
  readonly fields: Fields;
}

/** Some steps as they were heard. */
export interface HeardSteps {
  /** By the field of transcripts: log p of each of K symbols, `[T, K]`; 0 is the blank. */
  readonly logProb: Readonly<Record<string, Float32Array>>;
  /** `[T]`: how likely each step is, at least, in nats; of what is no speech it is little. */
  readonly nats: Float64Array;
}

/**
 * Hears steps in pieces of any size, and keeps its state between them. The latent variables are at the means of their posterior,
 * so that the same speech is heard alike each time.
 *
 * @example
 * const acoustic = await AcousticModel.open({ runtime, model, weights, fields });
 * const { logProb } = await acoustic.hear(steps); // { phones: Float32Array [T, 38], letters: … }
 */
export class AcousticModel {
  /** Whether it hears steps without those to come. */
  readonly isCausal: boolean;
  private readonly options: AcousticModelOptions;
  private readonly transcriber: Transcriber;
  private readonly feeder: ModelFeeder;
  private readonly executable: Executable;
  private readonly parameters: Values;
  /** Where it stands: the states of the model and of what listens. */
  private state: Values;

  private constructor(options: AcousticModelOptions, executable: Executable) {
    const { model, weights, fields } = options;
    this.options = options;
    this.transcriber = requireTranscriber(model);
    this.isCausal = Object.keys(this.transcriber.state).length > 0 && capabilitiesOf(model).causal;
    this.executable = executable;
    this.feeder = new ModelFeeder(model, fields, this.transcriber.inputs);
    this.parameters = { parameters: float32([weights.length], weights) };
    this.state = this.atRest();
  }

  /** @throws VrnnError `model/no-transcriber` */
  static async open(options: AcousticModelOptions): Promise<AcousticModel> {
    const program = recognitionProgram(options.model, frozen(options.weights));
    return new AcousticModel(options, await compileFinite(options.runtime, program));
  }

  /**
   * Hears what comes next; of a model that hears the whole utterance, all of it.
   *
   * @param steps `[T, D]` in the units of the data @throws VrnnError `task/not-finite`
   */
  async hear(steps: Float64Array): Promise<HeardSteps> {
    const { model } = this.options;
    const length = steps.length / model.width;
    if (length === 0) return { logProb: {}, nats: new Float64Array() };
    const [fed] = this.feeder.feed([{ length, values: { x: steps } }]);
    const noise = emptyFloat32([length, 1, noiseWidth(model)]);
    const results = await this.executable.run({ ...this.parameters, ...fed, ...this.state, noise });
    this.state = this.isCausal ? carriedIn(results) : this.atRest();
    return {
      logProb: Object.fromEntries(
        Object.keys(this.transcriber.heads).map((field) => [
          field,
          results[logProbNames.of(field)]!.data as Float32Array,
        ]),
      ),
      nats: natsOf(results, length),
    };
  }

  /** Forgets what it has heard. */
  rest(): void {
    this.state = this.atRest();
  }

  /** Gives back what it holds. */
  async close(): Promise<void> {
    await this.executable.dispose();
  }

  private atRest(): Values {
    const { state } = this.transcriber;
    const heard = Object.entries(state).map(([part, shape]) => [
      heardNames.of(part),
      emptyFloat32([1, ...shape]),
    ]);
    return { ...restingStates(this.options.model, 1), ...Object.fromEntries(heard) };
  }
}

/** The states to go on from, under the names by which a program takes them. */
const carriedIn = (results: Values): Values => {
  const next = nextNames.take(results);
  return Object.fromEntries(
    Object.entries(next).filter(([name]) =>
      [stateNames, heardNames].some((names) => names.within(name) !== undefined),
    ),
  );
};

/** Σ log p(x | z) − Σ divergence of each step, `[T]`. */
function natsOf(results: Values, length: number): Float64Array {
  const nats = new Float64Array(length);
  const add = (name: string, sign: number) => {
    const { data } = results[name]!;
    const width = data.length / length;
    for (let i = 0; i < data.length; i++) nats[Math.floor(i / width)]! += sign * Number(data[i]);
  };
  add("logLikelihood", 1);
  if (results["kl"] !== undefined) add("kl", -1);
  return nats;
}

/** @throws VrnnError `speech/whole` for a model that cannot follow live speech */
export function requireCausal({ isCausal }: AcousticModel): void {
  if (!isCausal) throw hearsWhole("the model", "with --hears past");
}

/** @param who what cannot follow live speech @param how a run is trained that can */
export const hearsWhole = (who: string, how: string): VrnnError =>
  new VrnnError("speech/whole", `${who} hears the whole utterance, and cannot follow live speech`, {
    at: "--stream",
    remedy: `leave --stream out, or train a run ${how}`,
  });
