/**
 * Inside a loop, [s·a, s·b] becomes [s, s]·[a, b] where a and b do not depend on the state: one product of a wide factor
 * that is joined outside, instead of one product for each part. The cotangents of a cell's gates are such.
 */

import { sameShape } from "../graph/dims.ts";
import { expand, mul, mulOp } from "../graph/ops/algebra.ts";
import { concat, concatOp } from "../graph/ops/layout.ts";
import type { Rebuilder, Rule } from "../graph/rebuild.ts";
import type { ScanNode } from "../graph/scan.ts";
import type { Node, Tensor } from "../graph/tensor.ts";
import { bodyNodes } from "../graph/traverse.ts";
import { variesWithState } from "./dependence.ts";
import { rewriteScan } from "./rewrite.ts";

/** A state-dependent value, `times` times side by side along the last axis, times a factor that is fixed outside. */
interface Tiled {
  readonly base: Tensor;
  readonly times: number;
  /** As wide as all tiles; undefined: 1. */
  readonly factor: Tensor | undefined;
}

export function tileProducts(node: ScanNode): readonly Tensor[] {
  const { body } = node.attrs;
  const varying = variesWithState(body, bodyNodes(body));
  const parse = parser((tensor) => varying.has(tensor.node));
  return rewriteScan(node, (rebuilder) => ruleFor(parse, rebuilder));
}

type Parse = (tensor: Tensor) => Tiled;

const lastAxis = ({ attrs, output }: Node): boolean => attrs["axis"] === output.rank - 1;

function parser(varies: (tensor: Tensor) => boolean): Parse {
  const plain = (base: Tensor): Tiled => ({ base, times: 1, factor: undefined });
  const ofProduct = (tensor: Tensor): Tiled => {
    const [a, b] = tensor.node.inputs as [Tensor, Tensor];
    if (varies(a) === varies(b)) return plain(tensor);
    const [x, factor] = varies(a) ? [a, b] : [b, a];
    if (!sameShape(x.shape, tensor.shape)) return plain(tensor);
    const inner = parse(x);
    return { ...inner, factor: inner.factor === undefined ? factor : mul(inner.factor, factor) };
  };
  const ofJoined = (tensor: Tensor): Tiled => {
    const runs = runsOf(tensor.node.inputs, parse);
    return runs.length === 1 ? (runs[0] as Tiled) : plain(tensor);
  };
  const parse: Parse = (tensor) => {
    if (!varies(tensor)) return plain(tensor);
    if (tensor.node.op === mulOp) return ofProduct(tensor);
    return tensor.node.op === concatOp && lastAxis(tensor.node) ? ofJoined(tensor) : plain(tensor);
  };
  return parse;
}

/** Neighbours of one base become one; parts without a factor stay alone. */
function runsOf(parts: readonly Tensor[], parse: Parse): readonly Tiled[] {
  const runs: Tiled[] = [];
  for (const part of parts) {
    const next = parse(part);
    const before = runs.at(-1);
    const joins = before?.base === next.base && before.factor !== undefined && next.factor !== undefined;
    if (joins) runs[runs.length - 1] = joined(before, next);
    else runs.push(next.factor === undefined ? { base: part, times: 1, factor: undefined } : next);
  }
  return runs;
}

const joined = (left: Tiled, right: Tiled): Tiled => ({
  base: left.base,
  times: left.times + right.times,
  factor: concat([fullFactor(left), fullFactor(right)]),
});

/** The factor in the shape of all tiles, where it was broadcast. */
function fullFactor({ base, times, factor }: Tiled): Tensor {
  const width = Number(base.shape.at(-1));
  return expand(factor as Tensor, [...base.shape.slice(0, -1), times * width]);
}

function ruleFor(parse: Parse, rebuilder: Rebuilder): Rule {
  const rebuilt = ({ base, times, factor }: Tiled): Tensor => {
    const tiles = concat(Array<Tensor>(times).fill(rebuilder.get(base)));
    return factor === undefined ? tiles : mul(tiles, rebuilder.get(factor));
  };
  return (node) => {
    const { output } = node;
    if (node.op === mulOp) {
      const tiled = parse(output);
      return tiled.times > 1 ? [rebuilt(tiled)] : undefined;
    }
    if (node.op !== concatOp || !lastAxis(node)) return undefined;
    const runs = runsOf(node.inputs, parse);
    return runs.some(({ times }) => times > 1) ? [concat(runs.map(rebuilt))] : undefined;
  };
}
