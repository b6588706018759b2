/** A model on live data: one step at a time, with a forecast of the next. */

import type { Column } from "../data/dataset.ts";
import { requireWholeRows } from "../models/missing.ts";
import type { Model } from "../models/model.ts";
import { stateShapes } from "../models/state.ts";
import { CONDITION, forecastNames, nextNames, stateNames, UPCOMING } from "../names.ts";
import type { State } from "../nn/cells.ts";
import type { Program } from "../onnx/lower.ts";
import { Random } from "../random/generator.ts";
import { allOrNone } from "../runtime/all-or-none.ts";
import {
  allocate,
  type Executable,
  type Runtime,
  type TensorValue,
  type Values,
} from "../runtime/runtime.ts";
import { carriedStates } from "../train/feeds.ts";
import { namedWeights, storedWeights } from "../train/named-weights.ts";
import { compile } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import {
  type Follower,
  type FollowerAnswer,
  requireIdle,
  requireWidth,
  type StepCondition,
} from "./follower.ts";
import { forecastInterval, forecastMean, forecastOf } from "./forecast-step.ts";
import { type GraphContext, type Named, stepGraph, withStates } from "./graphs.ts";
import { fillOpenUniform } from "./rows.ts";
import { scoreNoise } from "./score.ts";
import { checkedState, type StreamState } from "./stream-state.ts";

/** The model that follows a stream, and what it is to tell. */
export interface StreamOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  /** The columns that the model was made for. */
  readonly columns: readonly Column[];
  readonly seed: number;
  /** With the seed it says which noise is drawn: that of a sequence of this name in `scoreSequences`. "stream" unless told. */
  readonly name?: string;
  /** What is said of the next step: the mean and an interval (unless told), the mean alone, which is quicker, or nothing. */
  readonly forecast?: "interval" | "mean" | "none";
  /** The draws that an interval is made of; 32 unless told. */
  readonly draws?: number;
  /** Goes on where another stream of the same model, seed and name stopped. */
  readonly state?: StreamState;
}

/** What a model's own step says beside what every follower does. */
export interface StreamAnswer extends FollowerAnswer {
  /** `[D]`: the expected value of each entry given the latent variables; see `SequenceScores.emissionMean`. */
  readonly emissionMean: Float64Array;
  /** `[Z]`: the posterior means. */
  readonly latent: Float32Array;
}

/**
 * Scores live data one step at a time, and keeps the state between them: the same numbers as `scoreSequences` gives of
 * the whole sequence (up to rounding).
 *
 * All memory is set aside at the start and the weights are inside the program, so a step costs little more than its
 * arithmetic.
 *
 * @example
 * const stream = await Stream.open({ runtime, model, weights, columns, seed: 1 });
 * const { total, forecast } = await stream.step([21.5, Number.NaN, 1]);
 * total; // -3.2
 * forecast; // { mean: [21.4, 0.2, 0.9], low: [20.9, -0.4, 0], high: [21.9, 0.8, 1] }
 * await stream.close();
 */
export class Stream implements Follower {
  private readonly options: StreamOptions;
  private readonly executable: Executable;
  /** What is fed at every step. */
  private readonly fed: Readonly<Record<string, TensorValue>>;
  /** The draws that forecasts are made of, a set for each of some steps, used in turn. */
  private readonly draws: readonly Values[];
  /** Inputs and outputs of even and of odd steps: the state that one writes is the state that the other reads. */
  private readonly turns: readonly [Turn, Turn];
  private noise: Random;
  private steps = 0;
  private isBusy = false;

  private constructor(options: StreamOptions, executable: Executable, { inputs, outputs }: Program) {
    const { seed, name = "stream", state } = options;
    this.options = options;
    this.executable = executable;
    this.fed = allocate(inputs);
    this.turns = turnsOf(this.fed, allocate(outputs));
    this.draws = forecastDraws(inputs, seed, name);
    this.noise = scoreNoise(seed, { name });
    if (state !== undefined) this.restore(state);
  }

  /**
   * @throws VrnnError `stream/state` when a state is given that does not fit the model, `model/not-causal` for one whose
   * posterior reads what comes later: `ParticleStream` follows with such.
   */
  static async open(options: StreamOptions): Promise<Stream> {
    const program = streamProgram(options);
    return allOrNone(
      async (keep) => new Stream(options, keep(await compileFinite(options.runtime, program)), program),
    );
  }

  async step(x: ArrayLike<number>, known: StepCondition = {}): Promise<StreamAnswer> {
    requireIdle(this.isBusy);
    const { model, columns } = this.options;
    requireWholeRows(model, columns, x);
    const { inputs, outputs } = this.turns[this.steps % 2]!;
    this.feed("x", x);
    this.feed(CONDITION, known.condition);
    this.feed(UPCOMING, known.upcoming ?? known.condition);
    const noise = this.fed["noise"] as TensorValue<"float32"> | undefined;
    if (noise !== undefined) this.noise.fillNormal(noise.data);
    this.isBusy = true;
    try {
      await this.executable.run({ ...inputs, ...this.draws[this.steps % DRAW_SETS] }, outputs);
    } finally {
      this.isBusy = false;
    }
    this.steps += 1;
    return this.answerFrom(outputs);
  }

  /** Where the stream stands, to go on from there another time. */
  get state(): StreamState {
    const { inputs } = this.turns[this.steps % 2]!;
    const parts = Object.keys(stateShapes(this.options.model)).map((part) => [
      part,
      Array.from((inputs[stateNames.of(part)] as TensorValue<"float32">).data),
    ]);
    return { step: this.steps, noise: this.noise.state, parts: Object.fromEntries(parts) };
  }

  /**
   * Goes back, or on, to where a stream of the same model, seed and name stood.
   *
   * @throws VrnnError `stream/state` for what is no state of a stream, or that of one of another model.
   */
  restore(state: StreamState): void {
    const { step, noise, parts } = checkedState(state, stateShapes(this.options.model));
    this.noise = Random.restore(noise);
    this.steps = step;
    const { inputs } = this.turns[step % 2]!;
    for (const [part, numbers] of Object.entries(parts))
      (inputs[stateNames.of(part)] as TensorValue<"float32">).data.set(numbers);
  }

  /** Gives back its session. */
  close(): Promise<void> {
    return this.executable.dispose();
  }

  /** Puts values where the program reads them; what is not given is missing. */
  private feed(name: string, values: ArrayLike<number> | undefined): void {
    const target = this.fed[name] as TensorValue<"float64"> | undefined;
    if (target === undefined) return;
    if (values === undefined) return void target.data.fill(Number.NaN);
    requireWidth(name, values, target.data.length);
    target.data.set(values);
  }

  /** Copies: the next step writes to the same memory. */
  private answerFrom(outputs: Values): StreamAnswer {
    const numbers = (name: string) => (outputs[name] as TensorValue<"float64">).data;
    const forecast = forecastOf(outputs, this.options.columns);
    return {
      step: this.steps,
      total: numbers("total")[0]!,
      logLikelihood: numbers("log_likelihood").slice(),
      kl: numbers("kl")[0]!,
      emissionMean: numbers("expected").slice(),
      latent: (outputs["latent"] as TensorValue<"float32">).data.slice(),
      ...(forecast && { forecast }),
    };
  }
}

/** Drawing takes as long as forecasting; that draws come back after so many steps, no forecast can tell. */
const DRAW_SETS = 64;

/** Sets of random numbers for the inputs `forecast.<kind>` of a program, which depend on the seed and the name alone. */
function forecastDraws(inputs: Program["inputs"], seed: number, name: string): Values[] {
  const drawn = Object.entries(inputs).filter(([input]) => forecastNames.within(input) !== undefined);
  if (drawn.length === 0) return [];
  return Array.from({ length: DRAW_SETS }, (_, set) => {
    const values = allocate(Object.fromEntries(drawn));
    for (const [input, { data }] of Object.entries(values)) {
      const random = Random.stream(seed, input, name, set);
      if (input === forecastNames.of("uniform")) fillOpenUniform(random, data as Float32Array);
      else random.fillNormal(data as Float32Array);
    }
    return values;
  });
}

interface Turn {
  readonly inputs: Values;
  readonly outputs: Values;
}

function turnsOf(inputs: Values, outputs: Values): readonly [Turn, Turn] {
  const after = carriedStates(outputs);
  const before = Object.fromEntries(Object.keys(after).map((name) => [name, inputs[name]!]));
  return [
    { inputs, outputs },
    { inputs: { ...inputs, ...after }, outputs: { ...outputs, ...nextNames.give(before) } },
  ];
}

/** One step of one sequence and a forecast of the next, with the weights inside. */
function streamProgram(options: StreamOptions): Program {
  const { model, weights, columns } = options;
  const context = { model, weights: namedWeights(model.parameters), columns };
  const graph = stepGraph(context, 1);
  const outputs = { ...withStates(graph), ...forecastOutputs(options, context, graph.state) };
  return compile(outputs, { stored: storedWeights(model.parameters, weights) });
}

function forecastOutputs(
  { forecast = "interval", draws = 32 }: StreamOptions,
  context: GraphContext,
  state: State,
): Named {
  if (forecast === "none") return {};
  return forecast === "mean" ? forecastMean(context, state) : forecastInterval(context, state, draws);
}
