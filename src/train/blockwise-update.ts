/**
 * The optimiser's update of a large model, block by block: what is made on the way to it (some twenty vectors as long as the
 * parameters) then stays in a core's cache, where whole vectors would each go through memory.
 */
import { addAll, input, square, sum } from "../graph/index.ts";
import { gradientNames } from "../names.ts";
import type { Program } from "../onnx/lower.ts";
import { allOrNone } from "../runtime/all-or-none.ts";
import {
  type Executable,
  type Inputs,
  isDeviceValue,
  type Runtime,
  scalarValue,
  type TensorValue,
  type Values,
} from "../runtime/runtime.ts";
import { compile, updateProgram } from "./programs.ts";
import type { CompileUpdate, UpdateParts } from "./updater.ts";

/** Parameters of a block, measured: of 3.3 million an update takes a third of its time; smaller blocks cost more calls. */
const BLOCK = 2 ** 18;
/** Below so many parameters whole vectors lie in the cache, and blocks cost their calls alone. */
const FEWEST = 2 ** 20;

/**
 * Makes the update of a model ready: block by block where it is large, else as a whole. Both give the same numbers, up to the
 * rounding of the gradient's norm.
 *
 * @param runtime one that computes in the host's memory @param fewest parameters of a large model; 2²⁰ unless told
 * @throws VrnnError `runtime/compile`
 * @example
 * const trainer = await Trainer.create({ model, data, options, runtime, compileUpdate: blockwiseUpdate });
 */
export const blockwiseUpdate = (
  runtime: Runtime,
  parts: UpdateParts,
  fewest = FEWEST,
): ReturnType<CompileUpdate> =>
  allOrNone(async (keep) => {
    const { size, optimiser, shards } = parts;
    if (size < fewest) return runtime.compile(updateProgram(size, optimiser, shards));
    const norm = keep(await runtime.compile(squaresProgram(shards)));
    const block = keep(await runtime.compile(updateProgram("P", optimiser, shards)));
    return new BlockwiseUpdate(runtime, size, norm, block);
  });

/** Σ g² of the gradients of all shards, added up: `squares`, of any number of parameters. */
function squaresProgram(shards: number): Program {
  const gradients = Array.from({ length: shards }, (_, shard) => input(gradientNames.of(shard), ["P"]));
  return compile({ squares: sum(square(addAll(gradients))) });
}

/** Goes through the parameters twice: for the norm of their gradient, and for the update. */
class BlockwiseUpdate implements Executable {
  private readonly runtime: Runtime;
  private readonly size: number;
  private readonly norm: Executable;
  private readonly block: Executable;

  constructor(runtime: Runtime, size: number, norm: Executable, block: Executable) {
    this.runtime = runtime;
    this.size = size;
    this.norm = norm;
    this.block = block;
  }

  /** As the program of the whole; all that it makes is written `into` what is given. */
  async run(inputs: Inputs, into: Inputs = {}): Promise<Values> {
    const [read, written] = [this.onHost(inputs), this.onHost(into)];
    const gradients = gradientNames.give(gradientNames.take(read));
    let squares = 0;
    for (const from of this.starts()) {
      const own = await this.norm.run(cutFrom(gradients, from));
      squares += Number(own["squares"]?.data[0]);
    }
    const gradientNorm = scalarValue(Math.sqrt(squares));
    for (const from of this.starts())
      await this.block.run({ ...cutFrom(read, from), gradientNorm }, cutFrom(written, from));
    return { gradientNorm };
  }

  async dispose(): Promise<void> {
    await Promise.all([this.norm.dispose(), this.block.dispose()]);
  }

  private *starts(): Generator<number> {
    for (let from = 0; from < this.size; from += BLOCK) yield from;
  }

  private onHost(values: Inputs): Values {
    const found = Object.entries(values).map(([name, value]) => [
      name,
      isDeviceValue(value) ? this.runtime.view(value) : value,
    ]);
    return Object.fromEntries(found) as Values;
  }
}

/** The block of each vector that begins at a place; scalars as they are. */
const cutFrom = (values: Values, from: number): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value.shape.length === 0 ? value : blockOf(value, from),
    ]),
  );

/** Blocks of a vector, by where they begin: the same vectors come again and again. */
const blocks = new WeakMap<TensorValue, Map<number, TensorValue>>();

function blockOf(vector: TensorValue, from: number): TensorValue {
  const known = blocks.get(vector) ?? new Map<number, TensorValue>();
  blocks.set(vector, known);
  const found = known.get(from);
  if (found !== undefined) return found;
  const data = vector.data.subarray(from, from + BLOCK);
  const block = { dtype: vector.dtype, shape: [data.length], data } as TensorValue;
  known.set(from, block);
  return block;
}
