import { VrnnError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import { gradientNames, nextNames, optimiserNames } from "../names.ts";
import { countOf } from "../nn/parameters.ts";
import { allOrNone } from "../runtime/all-or-none.ts";
import {
  type DeviceValue,
  downloaded,
  type Executable,
  emptyFloat32,
  float32,
  type Inputs,
  type Runtime,
  scalarValue,
  type TensorValue,
  uploaded,
  type Values,
} from "../runtime/runtime.ts";
import { checkDecayGroups, decayRates, hasDecay } from "./decay.ts";
import {
  adam,
  averageWeights,
  chain,
  clipByGlobalNorm,
  decayWeights,
  descend,
  type Transformation,
} from "./optimisers.ts";
import type { TrainingOptions } from "./options.ts";
import { updateProgram } from "./programs.ts";

const optimiserOf = (options: TrainingOptions): Transformation =>
  chain(
    clipByGlobalNorm(options.clip),
    adam(),
    ...(hasDecay(options) ? [decayWeights] : []),
    descend,
    ...(options.weightAverage > 0 ? [averageWeights(options.weightAverage)] : []),
  );

/** What an update is of. */
export interface UpdateParts {
  /** P */
  readonly size: number;
  readonly optimiser: Transformation;
  readonly shards: number;
}

/** Makes the update of a model ready: what `updateProgram` computes. */
export type CompileUpdate = (runtime: Runtime, parts: UpdateParts) => Promise<Executable>;

const asAWhole: CompileUpdate = (runtime, { size, optimiser, shards }) =>
  runtime.compile(updateProgram(size, optimiser, shards));

/** What the average of the weights is called among tensors. */
const AVERAGE = /\.average$/;

type Tensors = Readonly<Record<string, TensorValue>>;
type Handles = Readonly<Record<string, DeviceValue>>;

/**
 * Parameters and what the optimiser remembers, `parameters` `[P]` and `optimiser.<name>`. They stay where the runtime
 * computes; the host sees them when they are fetched, and at any time where its own memory is that place. An update is
 * proposed first, and takes effect when it is accepted.
 */
export class Updater {
  private readonly runtime: Runtime;
  /** For one shard, for two, and so on: a small batch fills fewer. */
  private readonly programs: readonly Executable[];
  /** Where weight decay applies, `decays` `[P]`; empty: nowhere. */
  private readonly decays: Handles;
  private current: Handles;
  /** What a proposal is written to; it changes places with `current` when it is accepted. */
  private spare: Handles;
  /** `current` as the host sees it. */
  private seen: Tensors;
  /** Which side has not seen the newest numbers. */
  private behind: "neither" | "host" | "device" = "neither";

  private constructor(runtime: Runtime, programs: readonly Executable[], seen: Tensors, held: Held) {
    this.runtime = runtime;
    this.programs = programs;
    this.seen = seen;
    this.current = held.current;
    this.spare = held.spare;
    this.decays = held.decays;
  }

  /**
   * @param weights the first parameters, `[P]`
   * @throws VrnnError `train/decay-group`, `runtime/compile`
   */
  static async create(
    runtime: Runtime,
    model: Model,
    options: TrainingOptions,
    weights: Float32Array,
    compileUpdate = asAWhole,
  ): Promise<Updater> {
    checkDecayGroups(model.parameters, options);
    const size = countOf(model.parameters);
    const seen = { ...freshTensors(model, options), parameters: float32([size], weights.slice()) };
    const decays = hasDecay(options) ? { decays: decayRates(model.parameters, options) } : {};
    return allOrNone(async (keep) => {
      const programs: Executable[] = [];
      for (let shards = 1; shards <= options.shards; shards++)
        programs.push(keep(await compileUpdate(runtime, { size, optimiser: optimiserOf(options), shards })));
      const held = async (values: Values): Promise<Handles> => {
        const handles = await uploaded(runtime, values);
        keep({ dispose: () => disposeOf(handles) });
        return handles;
      };
      return new Updater(runtime, programs, seen, {
        current: await held(seen),
        spare: await held(freshTensors(model, options)),
        decays: await held(decays),
      });
    });
  }

  /** The present parameters, `[P]`, where the runtime holds them. */
  get parameters(): DeviceValue {
    return this.current["parameters"] as DeviceValue;
  }

  /**
   * All that it holds; views that later steps write to, where the runtime's memory is the host's.
   *
   * @throws VrnnError `train/on-device` when an update took effect elsewhere since they were fetched
   */
  get tensors(): Tensors {
    if (this.behind === "host") throw onDevice();
    return this.seen;
  }

  /** The moving average of the parameters, `[P]`, once fetched; undefined where none is kept. */
  get averaged(): Float32Array | undefined {
    const name = Object.keys(this.tensors).find((each) => AVERAGE.test(each));
    return name === undefined ? undefined : (this.tensors[name]!.data as Float32Array);
  }

  /** Brings the newest numbers to the host, for `tensors`. */
  async fetch(): Promise<void> {
    if (this.behind !== "host") return;
    this.seen = await downloaded(this.runtime, this.current);
    this.behind = "neither";
  }

  /** @throws VrnnError `checkpoint/mismatch` when a tensor is missing or has another shape. */
  restore(tensors: Values): void {
    requireSame(this.current, tensors);
    for (const [name, { data }] of Object.entries(this.seen))
      (data as Float32Array).set((tensors[name] as TensorValue<"float32">).data);
    this.behind = this.isOnHost ? "neither" : "device";
  }

  /** Takes what was restored to where the runtime computes. */
  async send(): Promise<void> {
    if (this.behind !== "device") return;
    disposeOf(this.current);
    this.current = await uploaded(this.runtime, this.seen);
    this.behind = "neither";
  }

  /** Computes the next parameters from the gradients of all shards, `[P]` each; gives the norm of their sum. */
  async propose(gradients: readonly (TensorValue | DeviceValue)[], learningRate: number): Promise<number> {
    const inputs: Inputs = {
      ...this.current,
      ...gradientNames.give(Object.fromEntries(gradients.entries())),
      learningRate: scalarValue(learningRate),
      ...this.decays,
    };
    const program = this.programs[gradients.length - 1] as Executable;
    const { gradientNorm } = await program.run(inputs, nextNames.give(this.spare));
    return Number(gradientNorm?.data[0]);
  }

  /** Lets the proposal take effect. */
  accept(): void {
    [this.current, this.spare] = [this.spare, this.current];
    if (this.isOnHost) this.seen = this.views();
    else this.behind = "host";
  }

  private get isOnHost(): boolean {
    return this.runtime.view(this.parameters) !== undefined;
  }

  private views(): Tensors {
    const views = Object.entries(this.current).map(([name, value]) => [name, this.runtime.view(value)]);
    return Object.fromEntries(views) as Tensors;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.dispose()));
    for (const each of [this.current, this.spare, this.decays]) disposeOf(each);
  }
}

/** What stays on the device. */
interface Held {
  readonly current: Handles;
  readonly spare: Handles;
  readonly decays: Handles;
}

const disposeOf = (handles: Handles): void => {
  for (const value of Object.values(handles)) value.dispose();
};

const onDevice = (): VrnnError =>
  new VrnnError("train/on-device", "the weights have changed where the runtime computes", {
    remedy: "await trainer.download() first; at the end of an epoch it is done",
  });

function freshTensors({ parameters }: Model, options: TrainingOptions): Tensors {
  const size = countOf(parameters);
  const states = Object.entries(optimiserOf(options).state).map(
    ([name, kind]) => [optimiserNames.of(name), emptyFloat32(kind === "vector" ? [size] : [])] as const,
  );
  return { parameters: emptyFloat32([size]), ...Object.fromEntries(states) };
}

/** @throws VrnnError `checkpoint/mismatch` */
export function requireSame(own: Inputs, saved: Values): void {
  for (const [name, { shape }] of Object.entries(own)) {
    if (saved[name]?.shape.join() === shape.join()) continue;
    const what = `the checkpoint has no ${name} of shape [${shape.join(", ")}]`;
    throw new VrnnError("checkpoint/mismatch", what, { remedy: "it belongs to a run with other settings" });
  }
}
