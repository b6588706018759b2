/** Between the flat vectors that training works on and the named tensors that files hold. */
import type { StoredTensor, StoredTensors } from "../checkpoint/safetensors.ts";
import { quoteName } from "../checkpoint/strict-json.ts";
import { VrnnError } from "../errors.ts";
import { optimiserNames, runningNames, stateNames } from "../names.ts";
import { countOf, type Parameter } from "../nn/parameters.ts";
import { float32, type TensorValue } from "../runtime/runtime.ts";
import { splitWeights } from "../train/named-weights.ts";
import type { TrainingState } from "../train/trainer.ts";
import { eachParameter } from "../train/weights.ts";
import * as z from "../zod.ts";
import type { Checkpoint } from "./checkpoint.ts";

/**
 * The flat vector `[P]` of stored parameters.
 *
 * @param at the file's name, for messages.
 * @throws VrnnError `checkpoint/mismatch` when a parameter is missing, of another shape or type, unknown, or holds a
 * value that is not finite.
 */
export function joinWeights(
  parameters: readonly Parameter[],
  tensors: StoredTensors,
  at: string,
): Float32Array {
  for (const parameter of parameters) checkParameter(parameter, tensors[parameter.name], at);
  const known = new Set(parameters.map(({ name }) => name));
  const extra = Object.keys(tensors).find((name) => !known.has(name));
  if (extra !== undefined) throw mismatch(`the model has no tensor ${quoteName(extra)}`, at);
  const flat = new Float32Array(countOf(parameters));
  for (const { parameter, values } of eachParameter(parameters, flat))
    values.set((tensors[parameter.name] as StoredTensor).data as Float32Array);
  return flat;
}

function checkParameter({ name, shape }: Parameter, tensor: StoredTensor | undefined, at: string): void {
  if (tensor === undefined) throw mismatch(`the tensor ${name} is missing`, at);
  const found = `${tensor.dtype} [${tensor.shape.join(", ")}]`;
  const wanted = `F32 [${shape.join(", ")}]`;
  if (found !== wanted) throw mismatch(`the tensor ${name} is ${found}, the model's is ${wanted}`, at);
  if (!(tensor.data as Float32Array).every(Number.isFinite))
    throw mismatch(`the tensor ${name} holds a value that is not finite`, at);
}

function mismatch(what: string, at: string): VrnnError {
  return new VrnnError("checkpoint/mismatch", what, {
    at,
    remedy: "the file belongs to another model: use the one that config.json was written with",
  });
}

const count = z.int().check(z.minimum(0));

/** The part of a checkpoint that is no tensor; its step is kept beside it. */
export const storedCursor = z.strictObject({
  epoch: count,
  batch: count,
  bestValid: z.nullable(z.number()),
  epochsSinceBest: count,
  sums: z.record(z.string(), z.number()),
});

type StoredCursor = z.output<typeof storedCursor>;

/** A training state as a checkpoint; the tensors are views on its memory. */
export function checkpointOf(
  parameters: readonly Parameter[],
  state: TrainingState,
): Checkpoint<StoredCursor> {
  const { step, ...cursor } = state.cursor;
  const flat = (name: string) => (state.tensors[name] as TensorValue<"float32">).data;
  return {
    step,
    cursor,
    weights: splitWeights(parameters, flat("parameters")),
    best: splitWeights(parameters, flat("best")),
    optimiser: storedTensors(optimiserNames.take(state.tensors)),
    carried: storedTensors(stateNames.take(state.tensors)),
    running: storedTensors(runningNames.take(state.tensors)),
  };
}

const storedTensors = (tensors: TrainingState["tensors"]): StoredTensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [name, stored(shape, data as Float32Array)]),
  );

/** Formats 1 and 2 called the KL `divergence`. */
const presentNames = ({ divergence, ...sums }: StoredCursor["sums"]): StoredCursor["sums"] =>
  divergence === undefined ? sums : { ...sums, kl: divergence };

/**
 * The training state that a checkpoint holds.
 *
 * @throws VrnnError `checkpoint/mismatch` when its tensors do not fit the parameters.
 */
export function stateOf(
  parameters: readonly Parameter[],
  { step, cursor, weights, best, optimiser, carried, running }: Checkpoint<StoredCursor>,
  at: string,
): TrainingState {
  const flat = (tensors: StoredTensors) =>
    float32([countOf(parameters)], joinWeights(parameters, tensors, at));
  return {
    cursor: { step, ...cursor, sums: presentNames(cursor.sums) },
    tensors: {
      parameters: flat(weights),
      best: flat(best),
      ...optimiserNames.give(tensorsOf(optimiser, at)),
      ...stateNames.give(tensorsOf(carried, at)),
      ...runningNames.give(tensorsOf(running, at)),
    },
  };
}

function tensorsOf(tensors: StoredTensors, at: string): Record<string, TensorValue> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
      if (dtype !== "F32") throw mismatch(`the tensor ${quoteName(name)} is ${dtype}, not F32`, at);
      return [name, float32(shape, data)];
    }),
  );
}

const stored = (shape: readonly number[], data: Float32Array): StoredTensor => ({
  dtype: "F32",
  shape,
  data,
});
