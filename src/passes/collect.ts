/**
 * Inside a loop, gathers factors that do not depend on the state: (s·a)·b becomes s·(a·b), and g − g·u becomes
 * g·(1 − u), so that the bracket can leave the loop. Reverse passes are full of such sums.
 */
import { firstOf, groupBy } from "../collections.ts";
import { sameShape } from "../graph/dims.ts";
import { add, addOp, mul, mulOp, neg, negOp, subOp } from "../graph/ops/algebra.ts";
import { isConstant, scalar } from "../graph/ops/leaves.ts";
import { and, not, or, where, whereOp } from "../graph/ops/pointwise.ts";
import type { Rebuilder, Rule } from "../graph/rebuild.ts";
import type { ScanNode } from "../graph/scan.ts";
import type { Node, Tensor } from "../graph/tensor.ts";
import { bodyNodes } from "../graph/traverse.ts";
import { variesWithState } from "./dependence.ts";
import { rewriteScan } from "./rewrite.ts";
import { countUses } from "./uses.ts";

/** base · Π factors · sign, and 0 where the condition does not hold; only the base depends on the state. */
interface Term {
  readonly base: Tensor;
  readonly factors: readonly Tensor[];
  readonly condition?: Tensor;
  readonly sign: 1 | -1;
}

export function collect(node: ScanNode): readonly Tensor[] {
  const nodes = bodyNodes(node.attrs.body);
  const terms = new Terms(variesWithState(node.attrs.body, nodes), countUses(nodes, node.attrs.body));
  return rewriteScan(node, (rebuilder) => ruleFor(terms, rebuilder));
}

function ruleFor(terms: Terms, rebuilder: Rebuilder): Rule {
  return (node) => {
    const { output } = node;
    if (!terms.vary(output)) return undefined;
    if (node.op === mulOp || node.op === negOp || node.op === whereOp)
      return rebuiltProduct(terms.product(output), rebuilder);
    if (node.op === addOp || node.op === subOp) return sumOf(terms, output, rebuilder);
    return undefined;
  };
}

/** Sums in which a state-dependent term is broadcast are left as they are. */
function sumOf(terms: Terms, output: Tensor, rebuilder: Rebuilder): readonly Tensor[] | undefined {
  const parts = terms.sum(output);
  const varies = (tensor: Tensor) => terms.vary(tensor);
  const fits = parts.every(({ base }) => !varies(base) || sameShape(base.shape, output.shape));
  return fits ? rebuiltSum(parts, varies, rebuilder) : undefined;
}

function rebuiltProduct(term: Term, rebuilder: Rebuilder): readonly Tensor[] | undefined {
  const gathers = term.factors.length + (term.sign < 0 ? 1 : 0) > 1;
  return gathers ? [ofOneBase([term], rebuilder)] : undefined;
}

/** Terms of one base share a coefficient; what does not depend on the state is added up first, outside. */
function rebuiltSum(
  parts: readonly Term[],
  varies: (tensor: Tensor) => boolean,
  rebuilder: Rebuilder,
): readonly Tensor[] | undefined {
  const terms = parts.filter(({ base }) => varies(base));
  const fixed = parts.filter(({ base }) => !varies(base));
  const groups = groupBy(terms, ({ base }) => base);
  if (groups.size === terms.length && fixed.length < 2) return undefined;
  const outside = fixed.map(({ base, sign }) => signed(rebuilder.get(base), sign));
  const summands = [...groups.values()].map((same) => ofOneBase(same, rebuilder));
  // The fixed part goes in first, so that a product it is added to can take it as its addend.
  const [first, ...others] = outside.length > 0 ? [outside.reduce(add), ...summands] : summands;
  return [others.reduce<Tensor>((all, summand) => add(summand, all), first as Tensor)];
}

/**
 * The sum of some terms of one base. Where none of their conditions holds it is 0 whatever the base is there, NaN
 * included: so the choice stays, around one product.
 */
function ofOneBase(terms: readonly Term[], rebuilder: Rebuilder): Tensor {
  const base = rebuilder.get((terms[0] as Term).base);
  const conditions = terms.map(({ condition }) => condition && rebuilder.get(condition));
  const coefficients = terms.map((term, i) => {
    const own = coefficient(term, rebuilder);
    const condition = conditions[i];
    return terms.length === 1 || condition === undefined ? own : where(condition, own, 0);
  });
  const product = mul(base, coefficients.reduce(add));
  const known = conditions.filter((condition) => condition !== undefined);
  return known.length < terms.length
    ? product
    : where(
        known.reduce((a, b) => or(a, b)),
        product,
        0,
      );
}

const signed = (x: Tensor, sign: 1 | -1): Tensor => (sign < 0 ? neg(x) : x);

/** What multiplies the base. */
function coefficient({ base, factors, sign }: Term, rebuilder: Rebuilder): Tensor {
  const [first, ...others] = factors.map((factor) => rebuilder.get(factor));
  if (first === undefined) return scalar(sign, base.dtype);
  return signed(others.reduce(mul, first), sign);
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
    if (op === negOp) return this.negated(firstOf(inputs));
    if (op === mulOp) {
      const [a, b] = inputs as [Tensor, Tensor];
      if (this.vary(a) !== this.vary(b))
        return this.scaled(...(this.vary(a) ? ([a, b] as const) : ([b, a] as const)), tensor);
    }
    if (op === whereOp) return this.chosen(tensor);
    return { base: tensor, factors: [], sign: 1 };
  }

  /** A choice between a value and 0 that is made outside the loop. */
  private chosen(tensor: Tensor): Term {
    const [condition, yes, no] = tensor.node.inputs as [Tensor, Tensor, Tensor];
    if (!this.vary(condition) && isConstant(no, 0)) return this.held(yes, condition, tensor);
    if (!this.vary(condition) && isConstant(yes, 0)) return this.held(no, not(condition), tensor);
    return { base: tensor, factors: [], sign: 1 };
  }

  private held(x: Tensor, condition: Tensor, whole: Tensor): Term {
    if (!sameShape(x.shape, whole.shape)) return { base: whole, factors: [], sign: 1 };
    const term = this.product(x);
    return { ...term, condition: term.condition === undefined ? condition : and(term.condition, condition) };
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
