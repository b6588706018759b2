/**
 * What a trained model of tokens can do, as graphs that take and give ids: writing is two of them, one that begins and one that takes
 * a token in. Their weights are inside; noise is an input, of which zeros stand for the means of latent variables.
 */
import { cast, input, logSoftmax, sub, sum, type Tensor } from "../graph/index.ts";
import { requireReadout } from "../inference/classify.ts";
import type { Named } from "../inference/graphs.ts";
import { drawSequencePriors, stepNoise } from "../models/generate.ts";
import { type LatentModel, noiseWidth, nothingGiven, type Tensors } from "../models/model.ts";
import { afterToken, nextToken } from "../models/next-token.ts";
import { begin, carriedParts, marked, stateInputs, statesAfter } from "../models/state.ts";
import { declaredInputs, sequenceInputs, unroll } from "../models/unroll.ts";
import { givenNames } from "../names.ts";
import { plainNet } from "../nn/net.ts";
import type { Weights } from "../nn/parameters.ts";

/** A model of tokens with its weights as a graph sees them. */
export interface TextGraphContext {
  readonly model: LatentModel;
  readonly weights: Weights;
}

/**
 * What there is before the first token. Inputs: what the model reads (`source` int64 `[S, B]`, `lengths` int64 `[B]` of a translator),
 * `state.<part>` `[B, ·]`, zeros, and `noise` `[B, ·]`. Outputs: `log_prob` `[B, V]` of the first token, `given.<name>`, what was made of
 * the source and is fed to each step, and `state.<part>.next`.
 */
export function beginGraph({ model, weights }: TextGraphContext): Named {
  const net = plainNet(weights);
  const { fixed } = model.given?.(net, { inputs: declaredInputs(model.inputs) }) ?? nothingGiven;
  const carried = stateInputs(model);
  const noise = input("noise", ["B", noiseWidth(model)]);
  const { z } = drawSequencePriors(model, net, { given: fixed, noise });
  const begun = begin(model, net, carried, fixed, z);
  return {
    log_prob: told({ model, weights }, carriedParts(model, begun), fixed, noise).logProb,
    ...givenNames.give(fixed),
    ...statesAfter(marked(model, carried, begun)),
  };
}

/**
 * A token taken in. Inputs: `token` int64 `[B]`, `given.<name>` and `state.<part>` as the step before gave them, `noise` that it had, and
 * `noise.next` `[B, ·]`. Outputs: `log_prob` `[B, V]` of the token after it, `state.<part>.next`.
 */
export function tokenGraph({ model, weights }: TextGraphContext): Named {
  const net = plainNet(weights);
  const { fixed } = model.given?.(net, { inputs: declaredInputs(model.inputs) }) ?? nothingGiven;
  const given: Tensors = Object.fromEntries(
    Object.entries(fixed).map(([name, { dtype, shape }]) => [name, input(givenNames.of(name), shape, dtype)]),
  );
  const carried = stateInputs(model);
  const before = carriedParts(model, carried);
  const width = noiseWidth(model);
  const { z } = told({ model, weights }, before, given, input("noise", ["B", width]));
  const after = afterToken(model, net, { before, given, z, token: input("token", ["B"], "int64") });
  const next = told({ model, weights }, after, given, input("noise.next", ["B", width]));
  return { log_prob: next.logProb, ...statesAfter(marked(model, carried, after)) };
}

/** How likely each token is to come next, `[B, V]`, and by which latent variables. */
function told(
  { model, weights }: TextGraphContext,
  before: Tensors,
  given: Tensors,
  noise: Tensor,
): { readonly logProb: Tensor; readonly z: Tensors } {
  const standing = { before, given, noise: stepNoise(model, noise) };
  const { logits, z } = nextToken(model, plainNet(weights), standing);
  return { logProb: logSoftmax(logits), z };
}

/**
 * How likely texts are. Inputs: `x` int64 `[T, B]`, `mask` `[T, B]`, 1 where there is a token, what the model reads, `noise` `[T, B, ·]`,
 * `state.<part>` `[B, ·]`. Outputs: `total`, `log_likelihood` and `kl` `[T, B]` float64, `state.<part>.next`.
 */
export function textScoreGraph({ model, weights }: TextGraphContext): Named {
  const { state, ...result } = unroll(model, weights, sequenceInputs(model));
  const logLikelihood = sum(cast(result.logLikelihood, "float64"), [-1]); // [T, B]
  const kl = sum(cast(result.kl, "float64"), [-1]); // [T, B]
  return {
    total: sub(logLikelihood, kl),
    log_likelihood: logLikelihood,
    kl,
    ...statesAfter(state),
  };
}

/**
 * The label of whole texts. Inputs as of `textScoreGraph`, and what the readout reads: `lengths` int64 `[B]`, and the hashed n-grams
 * `grams` int64 `[S, B]` with `grams.mask` `[S, B]`. Output: `label_log_prob` `[B, L]`, of one draw of the latent variables and before any
 * temperature puts it right.
 *
 * @throws VrnnError `model/no-readout`
 */
export function labelGraph({ model, weights }: TextGraphContext): Named {
  const inputs = sequenceInputs(model);
  const { states } = unroll(model, weights, inputs);
  const { x: values, mask } = inputs;
  const readout = requireReadout(model);
  const known = declaredInputs(readout.inputs);
  const logits = readout.logits(plainNet(weights), { states, x: { values, mask }, inputs: known });
  return { label_log_prob: logSoftmax(logits) };
}
