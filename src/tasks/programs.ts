import { input } from "../graph/index.ts";
import { type Followed, type FollowOptions, follow, followInputs } from "../models/particles.ts";
import { imaginationInputs, imagine, type SequenceModel, statesAfter } from "../models/sequence.ts";
import { countOf } from "../nn/parameters.ts";
import type { Program } from "../onnx/lower.ts";
import { compile } from "../train/programs.ts";
import { unpackWeights } from "../train/weights.ts";

/**
 * Sequences that a model makes up. Inputs: `parameters` `[P]` and what `imaginationInputs` declares. Outputs: `x`
 * and `expected`, `[T, B, D]`, and `state.<part>.next`.
 */
export function imaginationProgram(model: SequenceModel): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const { x, expected, state } = imagine(model, weights, imaginationInputs(model));
  return compile({ x, expected, ...statesAfter(state) });
}

export interface FollowProgramOptions extends FollowOptions {
  readonly columns: number;
  /** What is wanted of each step. */
  readonly parts: readonly Exclude<keyof Followed, "states">[];
  /** Whether the state after each step is wanted too. */
  readonly states?: boolean;
}

/**
 * Particles that follow sequences. Inputs: `parameters` `[P]` and what `followInputs` declares. Outputs: the parts that
 * are wanted, `states.<part>` after each step `[T, B, size]` where wanted, and `state.<part>.next`.
 */
export function followProgram(
  model: SequenceModel,
  { columns, parts, states = false, complete = false }: FollowProgramOptions,
): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const followed = follow(model, weights, followInputs(model, columns), { complete });
  const wanted = Object.fromEntries(parts.map((part) => [part, followed[part]]));
  const each = Object.entries(followed.states).map(([part, value]) => [`states.${part}`, value] as const);
  return compile({ ...wanted, ...(states && Object.fromEntries(each)), ...statesAfter(followed.state) });
}
