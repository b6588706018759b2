import { input } from "../graph/index.ts";
import { imaginationInputs, imagine, type SequenceModel } from "../models/sequence.ts";
import { countOf } from "../nn/parameters.ts";
import type { Program } from "../onnx/lower.ts";
import { compile } from "../train/programs.ts";
import { unpackWeights } from "../train/weights.ts";

/**
 * Sequences that a model makes up. Inputs: `parameters` `[P]` and what `imaginationInputs` declares. Outputs: `x`
 * `[T, B, D]` and `state.<part>.next`.
 */
export function imaginationProgram(model: SequenceModel): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const { x, state } = imagine(model, weights, imaginationInputs(model));
  const states = Object.entries(state).map(([part, value]) => [`state.${part}.next`, value] as const);
  return compile({ x, ...Object.fromEntries(states) });
}
