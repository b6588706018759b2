import type { Cell, State } from "./cells.ts";
import { part } from "./parts.ts";

/**
 * A cell whose parts of a state begin with a word, so that two cells may share a state.
 *
 * @example
 * Object.keys(prefixed("upper", new GRU("upper", { x: 8 }, 16)).stateSizes); // ["upper.h"]
 */
export function prefixed(word: string, cell: Cell): Cell & { visible(state: State): State[string] } {
  const named = <Value>(parts: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(parts).map(([name, value]) => [`${word}.${name}`, value]));
  const own = (state: State): State =>
    Object.fromEntries(Object.keys(cell.stateSizes).map((name) => [name, part(state, `${word}.${name}`)]));
  return {
    parameters: cell.parameters,
    stateSizes: named(cell.stateSizes),
    step: (net, inputs, state) => named(cell.step(net, inputs, own(state))),
    visible: (state) => part(state, `${word}.h`),
  };
}
