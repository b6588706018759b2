import { input } from "../graph/index.ts";
import { generate, generationInputs } from "../models/generate.ts";
import type { Model } from "../models/model.ts";
import { statesAfter } from "../models/state.ts";
import { countOf } from "../nn/parameters.ts";
import type { LowerOptions, Program } from "../onnx/lower.ts";
import { compile } from "../train/programs.ts";
import { unpackWeights } from "../train/weights.ts";

/**
 * Sequences that a model makes up. Inputs: `parameters` `[P]` and what `generationInputs` declares. Outputs: `x`
 * and `expected`, `[T, B, D]`, and `state.<part>.next`.
 */
export function generationProgram(model: Model, options?: LowerOptions): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const { x, emissionMean, state } = generate(model, weights, generationInputs(model));
  return compile({ x, emissionMean, ...statesAfter(state) }, options);
}
