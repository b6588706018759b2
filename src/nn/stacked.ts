import type { Tensor } from "../graph/index.ts";
import { type Cell, type CellName, cells, type State } from "./cells.ts";
import type { Net } from "./net.ts";
import type { Parameter, Sizes } from "./parameters.ts";
import { part } from "./parts.ts";

/** How cells are stacked. */
export interface StackOptions {
  /** How many cells stand on top of each other. */
  readonly layers: number;
  /** Whether their gates are normalised. */
  readonly layerNorm?: boolean;
}

/**
 * Layers of cells, each fed by the one below. State parts of layer 0 are called `h` (and `c`), of layer 1 `1.h`, and
 * so on; parameters likewise `<name>.…`, `<name>.1.…`.
 */
export class StackedCells {
  readonly parameters: readonly Parameter[];
  readonly stateSizes: Sizes;
  /** The matrices that each layer's state is multiplied by, by their names. */
  readonly recurrentWeights: readonly string[];
  private readonly layers: readonly Cell[];

  constructor(
    kind: CellName,
    name: string,
    inputs: Sizes,
    hidden: number,
    { layers, layerNorm }: StackOptions,
  ) {
    const layerName = (layer: number) => (layer === 0 ? name : `${name}.${layer}`);
    this.layers = Array.from({ length: layers }, (_, layer) =>
      cells[kind](layerName(layer), layer === 0 ? inputs : { below: hidden }, hidden, layerNorm),
    );
    this.recurrentWeights = this.layers.map((_, layer) => `${layerName(layer)}.h.weight`);
    this.parameters = this.layers.flatMap(({ parameters }) => parameters);
    this.stateSizes = Object.fromEntries(
      this.layers.flatMap(({ stateSizes }, layer) =>
        Object.entries(stateSizes).map(([part, size]) => [key(layer, part), size]),
      ),
    );
  }

  /** What the rest of the model sees of the state: the `h` of the top layer, `[B, H]`. */
  visible(state: State): Tensor {
    return part(state, key(this.layers.length - 1, "h"));
  }

  /** The state after a step. What a layer hands to the next passes the dropout site `between.<layer>`. */
  step(net: Net, inputs: Readonly<Record<string, Tensor>>, state: State): State {
    const after: Record<string, Tensor> = {};
    let below = inputs;
    this.layers.forEach((cell, layer) => {
      const own = Object.fromEntries(
        Object.keys(cell.stateSizes).map((each) => [each, part(state, key(layer, each))]),
      );
      const next = cell.step(net, below, own);
      for (const [each, value] of Object.entries(next)) after[key(layer, each)] = value;
      if (layer + 1 < this.layers.length) below = { below: net.keep(`between.${layer}`, part(next, "h")) };
    });
    return after;
  }
}

const key = (layer: number, part: string): string => (layer === 0 ? part : `${layer}.${part}`);
