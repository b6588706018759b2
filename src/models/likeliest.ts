/** The likeliest path of the hidden state of exact models that have one: Viterbi's algorithm, as one program over time. */
import { argmax, cast, mul, oneHot, scan, sum, type Tensor } from "../graph/index.ts";
import { plainNet } from "../nn/net.ts";
import type { Weights } from "../nn/parameters.ts";
import { nothingGiven } from "./model.ts";
import type { PathModel } from "./requirements.ts";
import type { SmoothingInputs } from "./smooth.ts";
import { atFirst, begin, carriedParts, modelState } from "./state.ts";

/**
 * The path of hidden states that is likeliest given all that was observed: Rabiner 1989, eq. (32) to (35). What is missing is
 * summed out.
 *
 * @param inputs of one row, `[T, 1, ·]`
 * @returns `[T, 1]`: the place of the state of each step
 */
export function likeliestPath(
  model: PathModel,
  weight: Weights,
  { observed, known, state: carried }: SmoothingInputs,
): Tensor {
  const net = plainNet(weight);
  const given = model.given?.(net, known) ?? nothingGiven;
  const first = modelState(model, carriedParts(model, begin(model, net, carried, atFirst(given), {})));
  const { paths } = model;
  const forward = scan({
    state: paths.begin(first),
    over: { features: model.features(net, observed), given: given.slices },
    step: (before, { features: x, given: own }) => {
      const { state, from } = paths.step(net, { state: before, x, given: { ...given.fixed, ...own } });
      return { state, outputs: { from } };
    },
  });
  const chosen = (scores: Tensor) => oneHot(argmax(scores), paths.states); // [1, K]
  return scan({
    state: { chosen: chosen(paths.scores(forward.state)) },
    over: forward.outputs,
    reverse: true,
    step: (later, { from }) => ({
      state: { chosen: oneHot(cast(sum(mul(later.chosen, from), [-1]), "int64"), paths.states) },
      outputs: { place: cast(argmax(later.chosen), "float32") },
    }),
  }).outputs.place;
}
