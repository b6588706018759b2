import { input } from "../graph/index.ts";
import type { Model } from "../models/model.ts";
import { type Followed, type FollowOptions, follow, followInputs } from "../models/particles.ts";
import { statesAfter } from "../models/state.ts";
import { eachStateNames } from "../names.ts";
import { countOf } from "../nn/parameters.ts";
import type { Program } from "../onnx/lower.ts";
import { compile } from "../train/programs.ts";
import { unpackWeights } from "../train/weights.ts";

export interface FollowProgramOptions extends FollowOptions {
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
  model: Model,
  { parts, states = false, complete = false, resampled = false }: FollowProgramOptions,
): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const followed = follow(model, weights, followInputs(model, { resampled }), { complete });
  const wanted = Object.fromEntries(parts.map((part) => [part, followed[part]]));
  const each = states ? eachStateNames.give(followed.states) : {};
  return compile({ ...wanted, ...each, ...statesAfter(followed.state) });
}
