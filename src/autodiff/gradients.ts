import { isFloat } from "../graph/dims.ts";
import { GraphError } from "../graph/error.ts";
import { filledLike } from "../graph/ops/algebra.ts";
import { isScan } from "../graph/scan.ts";
import { type Node, rootScope, type Tensor } from "../graph/tensor.ts";
import { nodesBelow } from "../graph/traverse.ts";
import { Activity } from "./activity.ts";
import { type Backpropagate, Cotangents } from "./cotangents.ts";
import { scanCotangents } from "./scan.ts";

const backpropagate: Backpropagate = (seeds, activity, scope) => {
  const cotangents = new Cotangents();
  for (const [tensor, seed] of seeds) cotangents.receive(tensor, seed);
  const order = nodesBelow(
    seeds.map(([tensor]) => tensor),
    scope,
  );
  for (let i = order.length - 1; i >= 0; i--) passThrough(order[i] as Node, cotangents, activity);
  return cotangents;
};

function passThrough(node: Node, cotangents: Cotangents, activity: Activity): void {
  const reached = node.outputs.map((output) => cotangents.of(output));
  const cotangent = reached.find((each) => each !== undefined);
  if (cotangent === undefined || !activity.ofNode(node)) return;
  for (const [input, share] of inputCotangents(node, reached, cotangent, activity)) {
    if (share !== undefined && activity.of(input)) cotangents.receive(input, share);
  }
}

function inputCotangents(
  node: Node,
  cotangents: readonly (Tensor | undefined)[],
  cotangent: Tensor,
  activity: Activity,
): readonly (readonly [Tensor, Tensor | undefined])[] {
  if (isScan(node)) return scanCotangents(node, cotangents, activity, backpropagate);
  const { inputs, outputs, output, attrs, op } = node;
  const shares = op.gradient?.({ inputs, outputs, output, attrs, cotangents, cotangent }) ?? [];
  return inputs.map((input, i) => [input, shares[i]]);
}

/**
 * The gradient of a scalar with respect to some tensors, as new parts of the graph.
 *
 * @example
 * const w = input("w", [3]);
 * gradients(sum(mul(w, w)), [w]).toString() // 'float32[3]'
 *
 * @throws GraphError when the loss is no scalar, or is asked for with respect to integers.
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): readonly Tensor[] {
  if (loss.rank !== 0) throw new GraphError(`gradients: the loss has to be a scalar, not ${loss}`);
  const stranger = wrt.find(({ dtype }) => !isFloat(dtype));
  if (stranger !== undefined)
    throw new GraphError(`gradients: ${stranger} has no gradient; only floating-point tensors do`);
  const cotangents = backpropagate([[loss, filledLike(loss, 1)]], new Activity(wrt), rootScope);
  return wrt.map((tensor) => cotangents.of(tensor) ?? filledLike(tensor, 0));
}
