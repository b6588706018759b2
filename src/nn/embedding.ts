import { gatherRows, matmul, type Tensor } from "../graph/index.ts";
import type { Net } from "./net.ts";
import { type Parameter, uniformOver } from "./parameters.ts";

/**
 * A vector for each of some tokens. The same table can say what comes next (Press and Wolf 2017): `logits` are the
 * products of a vector with all rows.
 *
 * Parameters: `<name>.weight` `[tokens, size]`.
 *
 * @example
 * const embedding = new Embedding("embedding", 8000, 256);
 * embedding.rows(net, tokens).toString(); // 'float32[T, B, 256]' of tokens int64[T, B]
 * embedding.logits(net, hidden).toString(); // 'float32[T, B, 8000]' of hidden [T, B, 256]
 */
export class Embedding {
  readonly parameters: readonly Parameter[];
  private readonly name: string;

  /**
   * @param tokens how many there are @param size the width of a row
   * @param initialise how rows begin; uniform within ±1/√size unless told, as products with all rows are then of a size
   */
  constructor(name: string, tokens: number, size: number, initialise = uniformOver(size)) {
    this.name = name;
    this.parameters = [{ name: `${name}.weight`, shape: [tokens, size], initialise }];
  }

  /** The vectors of tokens, `[..., size]`. @param tokens int64 `[...]`, each from 0 to the number of tokens − 1 */
  rows(net: Net, tokens: Tensor): Tensor {
    return gatherRows(net.weight(`${this.name}.weight`), tokens);
  }

  /** How well each token fits a vector, `[..., tokens]`. @param x `[..., size]` */
  logits(net: Net, x: Tensor): Tensor {
    return matmul(x, net.weight(`${this.name}.weight`), { transposeB: true });
  }
}
