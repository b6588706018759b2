/** The gradient of long windows in little memory: pieces of them are computed twice. */
import { VrnnError } from "../errors.ts";
import { capabilitiesOf, type Model } from "../models/model.ts";
import { stateShapes } from "../models/state.ts";
import { cotangentNames, GRADIENT_AFTER, nextNames, stateNames } from "../names.ts";
import { countOf } from "../nn/parameters.ts";
import type { Objective } from "../objectives/objective.ts";
import type { Program } from "../onnx/lower.ts";
import { allOrNone } from "../runtime/all-or-none.ts";
import {
  emptyFloat32,
  type Inputs,
  type Runtime,
  type ShardedExecutable,
  type TensorValue,
  type Values,
} from "../runtime/runtime.ts";
import { SerialQueue } from "../runtime/serial-queue.ts";
import { carriedStates } from "./feeds.ts";
import { type ProgramOptions, pieceProgram, statesProgram } from "./programs.ts";

/** What is trained, and how. */
export interface PiecewiseOptions extends ProgramOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  readonly objective: Objective;
  readonly shards: number;
  /** The steps of a piece. */
  readonly steps: number;
}

/** See `piecewiseGradient`. */
class PiecewiseGradient implements ShardedExecutable {
  private readonly states: ShardedExecutable;
  private readonly gradient: ShardedExecutable;
  private readonly program: Program;
  private readonly options: PiecewiseOptions;
  /** A run asks both executables many times: neither may be given back amid it. */
  private readonly turns = new SerialQueue();

  private constructor(
    states: ShardedExecutable,
    gradient: ShardedExecutable,
    program: Program,
    options: PiecewiseOptions,
  ) {
    this.states = states;
    this.gradient = gradient;
    this.program = program;
    this.options = options;
  }

  static async create(options: PiecewiseOptions): Promise<PiecewiseGradient> {
    const { runtime, model, objective, shards } = options;
    requirePieces(model, objective);
    const program = pieceProgram(model, objective, options);
    return allOrNone(async (keep) => {
      const states = keep(await runtime.compileShards(statesProgram(model, options), shards));
      const gradient = keep(await runtime.compileShards(program, shards));
      return new PiecewiseGradient(states, gradient, program, options);
    });
  }

  run(shared: Inputs, shards: readonly Inputs[], into: readonly Inputs[] = []): Promise<readonly Values[]> {
    return this.turns.take(() => this.compute(shared, shards, into));
  }

  private async compute(
    shared: Inputs,
    shards: readonly Inputs[],
    into: readonly Inputs[],
  ): Promise<readonly Values[]> {
    into.forEach(requireGradient);
    const whole = shards as readonly Values[];
    const pieces = this.cut(whole);
    const before = await this.statesBefore(shared, pieces, whole.map(statesOf));
    let later = whole.map((own) => this.nothingLater(own));
    let totals: readonly Values[] = whole.map(() => ({}));
    for (let i = pieces.length - 1; i >= 0; i--) {
      const inputs = joined(pieces[i] as Pieces, before[i] as Pieces, later);
      const results = await this.gradient.run(shared, inputs.map(copied), i === 0 ? into : []);
      totals = results.map((own, shard) => withPiece(totals[shard] as Values, own));
      later = results.map(handedDown);
    }
    return totals;
  }

  /** Each shard's part of each piece. */
  private cut(shards: readonly Values[]): readonly Pieces[] {
    const { steps } = this.options;
    const length = Math.max(...shards.map((own) => lengthOf(own, this.program)));
    const count = Math.ceil(length / steps);
    return Array.from({ length: count }, (_, i) =>
      shards.map((own) => this.piece(own, i * steps, Math.min(length, (i + 1) * steps))),
    );
  }

  /** What goes over time from one step to another (not included); what does not, as it is. */
  private piece(own: Values, from: number, to: number): Values {
    const isOverTime = (name: string) => this.program.inputs[name]?.shape[0] === "T";
    return Object.fromEntries(
      Object.entries(own)
        .filter(([name]) => stateNames.within(name) === undefined)
        .map(([name, value]) => [name, isOverTime(name) ? sliceOfSteps(value, from, to) : value]),
    );
  }

  /** The states in which each piece begins. */
  private async statesBefore(
    shared: Inputs,
    pieces: readonly Pieces[],
    first: Pieces,
  ): Promise<readonly Pieces[]> {
    const before = [first];
    for (const piece of pieces.slice(0, -1)) {
      const inputs = joined(piece, before.at(-1) as Pieces);
      before.push((await this.states.run(shared, inputs.map(copied))).map(carriedStates));
    }
    return before;
  }

  /** After the last piece nothing follows: no gradient, and no state that matters. */
  private nothingLater(own: Values): Values {
    const { model } = this.options;
    const cotangents = Object.keys(stateShapes(model)).map((part): [string, TensorValue] => [
      cotangentNames.of(part),
      emptyFloat32((own[stateNames.of(part)] as TensorValue).shape),
    ]);
    return { [GRADIENT_AFTER]: emptyFloat32([countOf(model.parameters)]), ...Object.fromEntries(cotangents) };
  }

  dispose(): Promise<void> {
    return this.turns.close(async () => {
      await Promise.all([this.states.dispose(), this.gradient.dispose()]);
    });
  }
}

/**
 * What `gradientProgram` gives of a window, by pieces (Chen et al. 2016, "Training deep nets with sublinear memory cost"):
 * forwards only the states between them are kept; backwards, from the last piece to the first, each is computed again and
 * hands down how the loss changes with the state that it began in. The gradient is that of the whole window up to
 * rounding; values of one piece at a time are in memory, and the pieces but the last are computed once more. Of its outputs
 * the gradient alone may be written elsewhere (`into`): the others are put together from all pieces.
 *
 * @throws VrnnError `train/pieces` where a piece cannot do without those after it, `runtime/compile`; of its runs
 * `runtime/run` also for another output in `into`
 * @example
 * const options = trainingOptions.parse({ window: 4000, recompute: 250 });
 * const trainer = await Trainer.create({ model, data, options, runtime, piecewise: piecewiseGradient });
 */
export const piecewiseGradient = (options: PiecewiseOptions): Promise<ShardedExecutable> =>
  PiecewiseGradient.create(options);

/** Values of each shard. */
type Pieces = readonly Values[];

const statesOf = (own: Values): Values => stateNames.give(stateNames.take(own));

const joined = (...all: readonly Pieces[]): Values[] =>
  (all[0] as Pieces).map((_, shard) => Object.assign({}, ...all.map((each) => each[shard])) as Values);

/** What is handed over to a thread is gone: a piece is needed twice. */
const copied = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { ...value, data: value.data.slice() } as TensorValue,
    ]),
  );

const lengthOf = (own: Values, { inputs }: Program): number =>
  Math.max(
    ...Object.entries(own).map(([name, { shape }]) =>
      inputs[name]?.shape[0] === "T" ? (shape[0] as number) : 0,
    ),
  );

function sliceOfSteps(value: TensorValue, from: number, to: number): TensorValue {
  const [, ...step] = value.shape;
  const width = step.reduce((all, size) => all * size, 1);
  const data = value.data.subarray(from * width, to * width);
  return { ...value, shape: [to - from, ...step], data } as TensorValue;
}

/** What a piece tells the one before it. */
function handedDown(results: Values): Values {
  const cotangents = cotangentNames.give(cotangentNames.take(nextNames.take(results)));
  const { gradient } = results;
  return gradient === undefined ? cotangents : { ...cotangents, [GRADIENT_AFTER]: gradient };
}

/** The results of the pieces after one with its own: sums add up, of states and gradients those of an end are kept. */
function withPiece(later: Values, own: Values): Values {
  const isHandedDown = (name: string) =>
    cotangentNames.within(name) !== undefined || name === "gradient" || name === GRADIENT_AFTER;
  const isState = (name: string) => stateNames.within(name) !== undefined;
  const added = Object.entries(own).flatMap(([name, value]): [string, TensorValue][] => {
    if (isHandedDown(name)) return name === "gradient" ? [[name, value]] : [];
    const after = later[name];
    return [[name, after === undefined ? value : isState(name) ? after : sumOf(value, after)]];
  });
  return Object.fromEntries(added);
}

const sumOf = (a: TensorValue, b: TensorValue): TensorValue =>
  ({
    ...a,
    data: (a.data as Float32Array).map((value, i) => value + (b.data[i] as number)),
  }) as TensorValue;

/** @throws VrnnError `runtime/run` */
function requireGradient(into: Inputs): void {
  const other = Object.keys(into).find((name) => name !== "gradient");
  if (other === undefined) return;
  throw new VrnnError("runtime/run", `the output ${other} is put together from all pieces of a window`, {
    remedy: "have the gradient alone written elsewhere, and take the others from the results",
  });
}

/** @throws VrnnError `train/pieces` */
function requirePieces(model: Model, objective: Objective): void {
  const { causal, windowed } = capabilitiesOf(model);
  const why = [
    [causal, "the model's posterior reads what comes later"],
    [windowed, "the model has a latent variable of the whole sequence"],
    [objective.particles === undefined, "the objective weighs particles over the whole window"],
    [!objective.isOfWholes?.(model), "the objective tells something of whole sequences"],
  ] as const;
  const fault = why.find(([holds]) => !holds);
  if (fault === undefined) return;
  throw new VrnnError("train/pieces", `${fault[1]}, so that a window cannot be computed in pieces`, {
    at: "recompute",
    remedy: "leave out --recompute, or give a smaller --window or --batch",
  });
}
