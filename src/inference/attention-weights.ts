/** Where a model looked in what it read while it wrote. */
import type { Fields } from "../data/fields.ts";
import type { Part } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import { input } from "../graph/index.ts";
import { drawSequencePriors } from "../models/generate.ts";
import { isLatent, type LatentModel, type Model, noiseWidth } from "../models/model.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import { atFirst, begin, firstOf, modelState } from "../models/state.ts";
import { givenOf, sequenceInputs, unroll } from "../models/unroll.ts";
import { plainNet } from "../nn/net.ts";
import { countOf } from "../nn/parameters.ts";
import type { Program } from "../onnx/lower.ts";
import { emptyFloat32, float32, type Runtime } from "../runtime/runtime.ts";
import { restingStates } from "../train/feeds.ts";
import { compile } from "../train/programs.ts";
import { unpackWeights } from "../train/weights.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";

/** Who read and wrote what. */
export interface AttentionWeightsOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  readonly fields: Fields;
  /** Texts that were written, with what was read. */
  readonly parts: readonly Part[];
}

/**
 * How much each place of its source counted in each step of a text, `[T][S]` of each part: rows add up to 1. Latent variables stand at
 * the means of their distributions.
 *
 * @throws VrnnError `task/no-attention` for a model that looks no places of a source up
 * @example
 * const [shares] = await attentionWeights({ runtime, model, weights, fields, parts: [part] });
 * shares[0]; // where it looked for its first token: Float64Array [0.7, 0.2, 0.1]
 */
export async function attentionWeights(options: AttentionWeightsOptions): Promise<Float64Array[][]> {
  const { runtime, model, weights, fields, parts } = options;
  const executable = await compileFinite(runtime, attentionProgram(requireAttention(model), weights));
  const feeder = new ModelFeeder(model, fields);
  const parameters = float32([weights.length], weights);
  try {
    const all: Float64Array[][] = [];
    for (const part of parts) {
      if (part.length === 0) {
        all.push([]); // there is no loop of no steps
        continue;
      }
      const [fed] = feeder.feed([part]);
      const noise = emptyFloat32([part.length, 1, noiseWidth(model)]);
      const { first, after } = await executable.run({
        parameters,
        ...fed,
        noise,
        ...restingStates(model, 1),
      });
      const places = first!.data.length; // S
      // What was looked up after a step is what the next one is told from.
      const row = (t: number) => (t === 0 ? first!.data : after!.data.subarray((t - 1) * places, t * places));
      all.push(Array.from({ length: part.length }, (_, t) => Float64Array.from(row(t) as Float32Array)));
    }
    return all;
  } finally {
    await executable.dispose();
  }
}

/** A latent model that tells where it looks. */
export type LookingModel = LatentModel & Required<Pick<LatentModel, "attentionWeights">>;

export const isLooking = (model: Model): model is LookingModel =>
  isLatent(model) && model.attentionWeights !== undefined;

function requireAttention(model: Model): LookingModel {
  if (isLooking(model)) return model;
  throw new VrnnError("task/no-attention", "the model looks no places of a source up", {
    remedy: "ask one that attends to its source",
  });
}

/** Shares before the first step, `[B, S]`, and after each, `[T, B, S]`. Inputs as of `unrollProgram`. */
function attentionProgram(model: LookingModel, stored: Float32Array): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const net = plainNet(weights);
  const inputs = sequenceInputs(model);
  const given = givenOf(model, weights, inputs);
  const known = atFirst(given);
  const whole = drawSequencePriors(model, net, { given: known, noise: firstOf(inputs.noise) });
  const before = modelState(model, begin(model, net, inputs.state, known, whole.z));
  const { states } = unroll(model, weights, inputs);
  return compile(
    {
      first: model.attentionWeights(net, { state: before, given: known }),
      after: model.attentionWeights(net, { state: modelState(model, states), given: known }),
    },
    frozen(stored),
  );
}
