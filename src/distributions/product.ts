import { concat, split, type Tensor } from "../graph/index.ts";
import {
  changedLast,
  completed,
  type Draws,
  type Emission,
  type EmissionUnits,
  type LastSeen,
  missingRules,
} from "./emission.ts";

/**
 * Several emissions as one: their raw outputs, values and draws follow each other. It has a CDF or a divergence where
 * all of them have.
 */
export function productEmission(parts: readonly Emission[], sizes: readonly number[]): Emission {
  const total = (of: (part: Emission) => number) => parts.reduce((all, part) => all + of(part), 0);
  const cut = (x: Tensor, widths: readonly number[]) => {
    const taken = widths.filter((width) => width > 0);
    const pieces = taken.length > 0 ? split(x, taken) : [];
    let at = 0;
    return widths.map((width) => (width > 0 ? (pieces[at++] as Tensor) : x));
  };
  const widths = parts.map(({ width }) => width);
  const join = (each: (part: Emission, raw: Tensor, i: number) => Tensor, raw: Tensor) => {
    const raws = cut(raw, widths);
    return concat(parts.map((part, i) => each(part, raws[i] as Tensor, i)));
  };
  const recall = (output: Tensor, last: LastSeen) => {
    const own = (i: number) => changedLast(last, (part) => cut(part, sizes)[i] as Tensor);
    return join((part, given, i) => part.recall?.(given, own(i)) ?? given, output);
  };
  const cdf = (raw: Tensor, x: Tensor) => {
    const values = cut(x, sizes);
    return join((part, own, i) => part.cdf?.(own, values[i] as Tensor) as Tensor, raw);
  };
  const kl = (first: Tensor, second: Tensor) => {
    const others = cut(second, widths);
    return join((part, own, i) => part.kl?.(own, others[i] as Tensor) as Tensor, first);
  };
  const under = ({ shift, scale, cell }: EmissionUnits) => {
    const [shifts, scales, cells] = [cut(shift, sizes), cut(scale, sizes), cut(cell, sizes)];
    const own = (i: number) => ({ shift: shifts[i]!, scale: scales[i]!, cell: cells[i]! });
    return productEmission(
      parts.map((part, i) => part.under?.(own(i)) ?? part),
      sizes,
    );
  };
  const cutDraws = ({ uniform, normal }: Draws) => {
    const uniforms = parts.map((part) => part.uniforms);
    const normals = parts.map((part) => part.normals);
    const [ofUniform, ofNormal] = [cut(uniform, uniforms), cut(normal, normals)];
    return (i: number): Draws => ({ uniform: ofUniform[i] as Tensor, normal: ofNormal[i] as Tensor });
  };
  const complete = (raw: Tensor, x: Tensor, seen: Tensor, draws: Draws, temperature: Tensor) => {
    const [values, known, own] = [cut(x, sizes), cut(seen, sizes), cutDraws(draws)];
    const row = (i: number) => ({ x: values[i] as Tensor, seen: known[i] as Tensor });
    return join((part, each, i) => completed(part, each, row(i), own(i), temperature), raw);
  };
  return {
    width: total(({ width }) => width),
    uniforms: total(({ uniforms }) => uniforms),
    normals: total(({ normals }) => normals),
    missing: missingRules.findLast((rule) => parts.some(({ missing }) => missing === rule)) ?? "exact",
    initialBias: parts.flatMap(({ initialBias }) => initialBias),
    ...(parts.some((part) => part.recall) && { recall }),
    ...(parts.some((part) => part.readsAge) && { readsAge: true }),
    ...(parts.some((part) => part.under) && { under }),
    logProbability: (raw, x, seen) => {
      const [values, known] = [cut(x, sizes), cut(seen, sizes)];
      return join((part, own, i) => part.logProbability(own, values[i] as Tensor, known[i] as Tensor), raw);
    },
    sample: (raw, draws, temperature) => {
      const own = cutDraws(draws);
      return join((part, each, i) => part.sample(each, own(i), temperature), raw);
    },
    mean: (raw) => join((part, own) => part.mean(own), raw),
    ...(parts.some((part) => part.complete) && { complete }),
    ...(parts.every((part) => part.cdf) && { cdf }),
    ...(parts.every((part) => part.kl) && { kl }),
  };
}
