import { concat, filledLike, reverseWithin, scan, type Tensor } from "../graph/index.ts";
import { type Cell, type CellName, cells, type State } from "./cells.ts";
import type { Net } from "./net.ts";
import type { Parameter } from "./parameters.ts";

/**
 * Two cells that read a sequence from either end (Schuster and Paliwal 1997): what stands at a place is told by all that comes
 * before it, and all that comes after.
 *
 * Parameters: those of the cells `<name>.forward` and `<name>.backward`.
 *
 * @example
 * const encoder = new Bidirectional("encoder", 256, 320);
 * encoder.read(net, x, lengths).toString(); // 'float32[S, B, 640]' of x [S, B, 256]
 */
export class Bidirectional {
  readonly parameters: readonly Parameter[];
  /** 2H: how many numbers tell of a place. */
  readonly width: number;
  private readonly directions: readonly Cell[];

  /** @param input E @param hidden H, of each direction */
  constructor(name: string, input: number, hidden: number, cell: CellName = "gru") {
    this.directions = ["forward", "backward"].map((direction) =>
      cells[cell](`${name}.${direction}`, { x: input }, hidden),
    );
    this.parameters = this.directions.flatMap(({ parameters }) => parameters);
    this.width = 2 * hidden;
  }

  /**
   * What there is to say of each place, `[S, B, 2H]`; anything beyond the length of a row.
   *
   * @param x `[S, B, E]` @param lengths int64 `[B]`
   */
  read(net: Net, x: Tensor, lengths: Tensor): Tensor {
    const [forward, backward] = this.directions.map((cell, i) => {
      const turned = (values: Tensor) => (i === 0 ? values : reverseWithin(values, lengths));
      const { outputs } = scan({
        state: atRest(cell, x),
        over: { x: turned(x) },
        step: (state, { x: own }) => {
          const after = cell.step(net, { x: own! }, state);
          return { state: after, outputs: { h: after["h"]! } };
        },
      });
      return turned(outputs.h); // [S, B, H]
    }) as [Tensor, Tensor];
    return concat([forward, backward]);
  }
}

/** Zeros for each part of a cell's state, `[B, H]`. @param x `[S, B, E]` */
const atRest = ({ stateSizes }: Cell, { shape }: Tensor): State =>
  Object.fromEntries(
    Object.entries(stateSizes).map(([part, size]) => [
      part,
      filledLike({ dtype: "float32", shape: [...shape.slice(1, -1), size] }, 0),
    ]),
  );
