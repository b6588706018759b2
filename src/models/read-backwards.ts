import { filledLike, greater, scan, type Tensor, where } from "../graph/index.ts";
import type { Cell } from "../nn/cells.ts";
import type { Net } from "../nn/net.ts";
import { part } from "../nn/parts.ts";
import type { Tensors } from "./model.ts";
import { firstOf } from "./state.ts";

/**
 * What a cell has read of a sequence from its end up to each step, `[T, ..., H]`: a_t = g(a_{t+1}, inputs of t). Where nothing was
 * observed, padding among it, a_t = a_{t+1}.
 *
 * @param inputs `[T, ..., ·]` each @param anything `[T, ..., 1]`: 1 where anything was observed
 */
export function readBackwards(net: Net, cell: Cell, inputs: Tensors, anything: Tensor): Tensor {
  const { dtype, shape } = firstOf(Object.values(inputs)[0] as Tensor);
  const rest = (size: number) => filledLike({ dtype, shape: [...shape.slice(0, -1), size] }, 0); // [..., H]
  const { outputs } = scan({
    state: Object.fromEntries(Object.entries(cell.stateSizes).map(([name, size]) => [name, rest(size)])),
    over: { inputs, anything },
    reverse: true,
    step: (later, { inputs: slices, anything: isObserved }) => {
      const read = cell.step(net, slices, later);
      const state = Object.fromEntries(
        Object.entries(read).map(([name, value]) => [
          name,
          where(greater(isObserved, 0), value, part(later, name)),
        ]),
      );
      return { state, outputs: { a: part(state, "h") } };
    },
  });
  return outputs.a;
}
