import { input } from "../graph/index.ts";
import type { Model } from "../models/model.ts";
import {
  type ParticleFilterResult,
  type ParticleFilterVariant,
  particleFilter,
  particleFilterInputs,
} from "../models/particles.ts";
import { statesAfter } from "../models/state.ts";
import { eachStateNames, togetherNames } from "../names.ts";
import { countOf } from "../nn/parameters.ts";
import type { LowerOptions, Program } from "../onnx/lower.ts";
import { compile } from "../train/programs.ts";
import { unpackWeights } from "../train/weights.ts";

export interface ParticleFilterProgramOptions extends ParticleFilterVariant {
  /** What is wanted of each step. */
  readonly parts: readonly Exclude<keyof ParticleFilterResult, "states" | "together">[];
  /** Whether the state after each step is wanted too. */
  readonly states?: boolean;
  /** Whether what all particles say together is wanted, of particles that are drawn anew. */
  readonly together?: boolean;
}

/**
 * Particles that follow sequences. Inputs: `parameters` `[P]` and what `particleFilterInputs` declares. Outputs: the parts that
 * are wanted, `states.<part>` after each step `[T, B, size]` where wanted, `together.<part>` `[T, ·]` where
 * wanted, and `state.<part>.next`.
 */
export function particleFilterProgram(
  model: Model,
  { parts, states = false, together = false, ...variant }: ParticleFilterProgramOptions,
  options?: LowerOptions,
): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const followed = particleFilter(model, weights, particleFilterInputs(model, variant), variant);
  const wanted = Object.fromEntries(parts.map((part) => [part, followed[part]]));
  const each = states ? eachStateNames.give(followed.states) : {};
  const all = together ? togetherNames.give({ ...followed.together }) : {};
  return compile({ ...wanted, ...each, ...all, ...statesAfter(followed.state) }, options);
}
