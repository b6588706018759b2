import { VrnnError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import { gradientNames, nextNames, optimiserNames } from "../names.ts";
import { countOf } from "../nn/parameters.ts";
import {
  type Executable,
  emptyFloat32,
  type Runtime,
  scalarValue,
  type TensorValue,
  type Values,
} from "../runtime/runtime.ts";
import { checkDecayGroups, decayRates, hasDecay } from "./decay.ts";
import { adam, chain, clipByGlobalNorm, decayWeights, descend, type Transformation } from "./optimisers.ts";
import type { TrainingOptions } from "./options.ts";
import { updateProgram } from "./programs.ts";

const optimiserOf = (options: TrainingOptions): Transformation =>
  chain(clipByGlobalNorm(options.clip), adam(), ...(hasDecay(options) ? [decayWeights] : []), descend);

type Tensors = Record<string, TensorValue>;

/**
 * Parameters and what the optimiser remembers, `parameters` `[P]` and `optimiser.<name>`. An update is proposed first,
 * and takes effect when it is accepted.
 */
export class Updater {
  /** For one shard, for two, and so on: a small batch fills fewer. */
  private readonly programs: readonly Executable[];
  /** Where weight decay applies, `[P]`; absent: nowhere. */
  private readonly decays: TensorValue | undefined;
  private current: Tensors;
  /** Buffers that a proposal is written to; they change places with `current` when it is accepted. */
  private spare: Tensors;

  private constructor(programs: readonly Executable[], model: Model, options: TrainingOptions) {
    this.programs = programs;
    this.decays = hasDecay(options) ? decayRates(model.parameters, options) : undefined;
    this.current = freshTensors(model, options);
    this.spare = freshTensors(model, options);
  }

  /** @throws VrnnError `train/decay-group`, `runtime/compile` */
  static async create(runtime: Runtime, model: Model, options: TrainingOptions): Promise<Updater> {
    checkDecayGroups(model.parameters, options);
    const size = countOf(model.parameters);
    const programs = Array.from({ length: options.shards }, (_, i) =>
      runtime.compile(updateProgram(size, optimiserOf(options), i + 1)),
    );
    return new Updater(await Promise.all(programs), model, options);
  }

  /** The present parameters, `[P]`. */
  get parameters(): TensorValue<"float32"> {
    return this.current["parameters"] as TensorValue<"float32">;
  }

  /** All that it holds; views that later steps write to. */
  get tensors(): Readonly<Tensors> {
    return this.current;
  }

  /** @throws VrnnError `checkpoint/mismatch` when a tensor is missing or has another shape. */
  restore(tensors: Values): void {
    requireSame(this.current, tensors);
    for (const [name, { data }] of Object.entries(this.current))
      (data as Float32Array).set((tensors[name] as TensorValue<"float32">).data);
  }

  /** Computes the next parameters from the gradients of all shards, `[P]` each; gives the norm of their sum. */
  async propose(gradients: readonly TensorValue[], learningRate: number): Promise<number> {
    const inputs: Values = {
      ...this.current,
      ...gradientNames.give(Object.fromEntries(gradients.entries())),
      learningRate: scalarValue(learningRate),
      ...(this.decays && { decays: this.decays }),
    };
    const program = this.programs[gradients.length - 1] as Executable;
    const { gradientNorm } = await program.run(inputs, nextNames.give(this.spare));
    return Number(gradientNorm?.data[0]);
  }

  /** Lets the proposal take effect. */
  accept(): void {
    [this.current, this.spare] = [this.spare, this.current];
  }

  async dispose(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.dispose()));
  }
}

function freshTensors({ parameters }: Model, options: TrainingOptions): Tensors {
  const size = countOf(parameters);
  const states = Object.entries(optimiserOf(options).state).map(
    ([name, kind]) => [optimiserNames.of(name), emptyFloat32(kind === "vector" ? [size] : [])] as const,
  );
  return { parameters: emptyFloat32([size]), ...Object.fromEntries(states) };
}

/** @throws VrnnError `checkpoint/mismatch` */
export function requireSame(own: Values, saved: Values): void {
  for (const [name, { shape }] of Object.entries(own)) {
    if (saved[name]?.shape.join() === shape.join()) continue;
    const what = `the checkpoint has no ${name} of shape [${shape.join(", ")}]`;
    throw new VrnnError("checkpoint/mismatch", what, { remedy: "it belongs to a run with other settings" });
  }
}
