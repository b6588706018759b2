/**
 * Inside a loop, gathers factors that do not depend on the state: (s·a)·b becomes s·(a·b), and g − g·u becomes
 * g·(1 − u), so that the bracket can leave the loop. Reverse passes are full of such sums.
 */
import { groupBy } from "../collections.ts";
import { add, mul, neg, addOp, mulOp, negOp, subOp } from "../graph/ops/algebra.ts";
import { scalar } from "../graph/ops/leaves.ts";
import { sameShape } from "../graph/dims.ts";
import type { Rebuilder, Rule } from "../graph/rebuild.ts";
import type { ScanNode } from "../graph/scan.ts";
import type { Node, Tensor } from "../graph/tensor.ts";
import { bodyNodes } from "../graph/traverse.ts";
import { variesWithState } from "./dependence.ts";
import { rewriteScan } from "./rewrite.ts";
import { countUses } from "./uses.ts";

/** base · Π factors · sign, where only the base depends on the state. */
interface Term {
  readonly base: Tensor;
  readonly factors: readonly Tensor[];
  readonly sign: 1 | -1;
}

export function collect(node: ScanNode): readonly Tensor[] {
  const nodes = bodyNodes(node.attrs.body);
  const terms = new Terms(variesWithState(node.attrs.body, nodes), countUses(nodes, node.attrs.body));
  return rewriteScan(node, (rebuilder) => ruleFor(terms, rebuilder));
}

function ruleFor(terms: Terms, rebuilder: Rebuilder): Rule {
  return (node) => {
    const output = node.outputs[0] as Tensor;
    if (!terms.vary(output)) return undefined;
    if (node.op === mulOp || node.op === negOp) return rebuiltProduct(terms.product(output), node, rebuilder);
    if (node.op === addOp || node.op === subOp) return rebuiltSum(terms.sum(output), output, rebuilder);
    return undefined;
  };
}

function rebuiltProduct(term: Term, node: Node, rebuilder: Rebuilder): readonly Tensor[] | undefined {
  const gathers = node.op === mulOp ? term.factors.length > 1 || term.sign < 0 : term.factors.length > 0;
  return gathers && term.factors.length > 0 ? [mul(rebuilder.get(term.base), coefficient(term, rebuilder))] : undefined;
}

function rebuiltSum(terms: readonly Term[], output: Tensor, rebuilder: Rebuilder): readonly Tensor[] | undefined {
  const groups = groupBy(terms, ({ base }) => base);
  const fits = terms.every(({ base }) => sameShape(base.shape, output.shape));
  if (groups.size === terms.length || !fits) return undefined;
  const summands = [...groups].map(([base, same]) => {
    const factor = same.map((term) => coefficient(term, rebuilder)).reduce(add);
    return mul(rebuilder.get(base), factor);
  });
  return [summands.reduce(add)];
}

/** What multiplies the base. */
function coefficient({ base, factors, sign }: Term, rebuilder: Rebuilder): Tensor {
  const [first, ...others] = factors.map((factor) => rebuilder.get(factor));
  if (first === undefined) return scalar(sign, base.dtype);
  const product = others.reduce(mul, first);
  return sign < 0 ? neg(product) : product;
}

class Terms {
  private readonly varying: ReadonlySet<Node>;
  private readonly uses: ReadonlyMap<Tensor, number>;

  constructor(varying: ReadonlySet<Node>, uses: ReadonlyMap<Tensor, number>) {
    this.varying = varying;
    this.uses = uses;
  }

  vary(tensor: Tensor): boolean {
    return this.varying.has(tensor.node);
  }

  product(tensor: Tensor): Term {
    const { op, inputs } = tensor.node;
    if (!this.vary(tensor)) return { base: tensor, factors: [], sign: 1 };
    if (op === negOp) return this.negated(inputs[0] as Tensor);
    if (op === mulOp) {
      const [a, b] = inputs as [Tensor, Tensor];
      if (this.vary(a) !== this.vary(b)) return this.scaled(...(this.vary(a) ? ([a, b] as const) : ([b, a] as const)), tensor);
    }
    return { base: tensor, factors: [], sign: 1 };
  }

  private negated(x: Tensor): Term {
    const term = this.product(x);
    return { ...term, sign: term.sign === 1 ? -1 : 1 };
  }

  /** A product that broadcasts its state-dependent side is left as it is. */
  private scaled(x: Tensor, factor: Tensor, whole: Tensor): Term {
    if (!sameShape(x.shape, whole.shape)) return { base: whole, factors: [], sign: 1 };
    const term = this.product(x);
    return { ...term, factors: [...term.factors, factor] };
  }

  /** The terms of a sum; sums inside it are opened when nothing else uses them. */
  sum(tensor: Tensor): readonly Term[] {
    return this.open(tensor, true);
  }

  private open(tensor: Tensor, top: boolean): readonly Term[] {
    const { op, inputs } = tensor.node;
    const isSum = (op === addOp || op === subOp) && this.vary(tensor) && (top || this.uses.get(tensor) === 1);
    if (!isSum) return [this.product(tensor)];
    const [left, right] = inputs.map((each) => this.open(each, false)) as [readonly Term[], readonly Term[]];
    const turn = ({ sign, ...term }: Term): Term => ({ ...term, sign: sign === 1 ? -1 : 1 });
    return [...left, ...(op === subOp ? right.map(turn) : right)];
  }
}
