/** A model of tokens, one token at a time: how likely each is to come next, and what is carried on once one was chosen. */
import { cast, type Tensor, unsqueeze } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import type { Net } from "../nn/net.ts";
import type { LatentModel, Tensors } from "./model.ts";
import { modelState, sequenceDraws, sequenceParts, stepBlocks } from "./state.ts";
import { drawBlocks, featuresOf } from "./step.ts";

/** Where a text stands. */
export interface Standing {
  /** What is carried between two steps, `[..., ·]`. */
  readonly before: State;
  /** What was read beside, `[..., ·]`. */
  readonly given: Tensors;
}

/** What comes next. */
export interface NextToken {
  /** `[..., V]` */
  readonly logits: Tensor;
  /** The latent variables by which it was told, those of the whole text among them. */
  readonly z: Tensors;
}

/**
 * How likely each token is to come next, given the latent variables drawn from their prior.
 *
 * @param noise `[..., ·]` of the blocks of a step; zeros stand for their means
 */
export function nextToken(
  model: LatentModel,
  net: Net,
  { before, given, noise }: Standing & { readonly noise: Tensor },
): NextToken {
  const state = modelState(model, before);
  const { z } = drawBlocks(stepBlocks(model), noise, sequenceDraws(model, before), (block, above) => {
    const prior = block.prior(net, { state, above, given });
    return { prior, posterior: prior };
  });
  return { logits: model.emissionParameters(net, { state, z, given }), z };
}

/** What is carried on once a token was chosen. @param token int64 `[...]` @param z that of `nextToken` */
export function afterToken(
  model: LatentModel,
  net: Net,
  { before, given, z, token }: Standing & { readonly z: Tensors; readonly token: Tensor },
): State {
  const state = modelState(model, before);
  const x = featuresOf(model, net, cast(unsqueeze(token, -1), "float32"));
  return {
    ...model.transition(net, { state, x, z, given }),
    ...model.advance?.(net, state, x, given),
    ...sequenceParts(model, before),
  };
}
