import { concat, split, type Tensor } from "../graph/index.ts";
import type { Emission, EmissionUnits } from "./emission.ts";

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
  const recall = (output: Tensor, last: Tensor) => {
    const seen = cut(last, sizes);
    return join((part, own, i) => part.recall?.(own, seen[i] as Tensor) ?? own, output);
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
  return {
    width: total(({ width }) => width),
    uniforms: total(({ uniforms }) => uniforms),
    normals: total(({ normals }) => normals),
    initialBias: parts.flatMap(({ initialBias }) => initialBias),
    ...(parts.some((part) => part.recall) && { recall }),
    ...(parts.some((part) => part.under) && { under }),
    logProbability: (raw, x, seen) => {
      const [values, known] = [cut(x, sizes), cut(seen, sizes)];
      return join((part, own, i) => part.logProbability(own, values[i] as Tensor, known[i] as Tensor), raw);
    },
    sample: (raw, draws, temperature) => {
      const uniform = cut(
        draws.uniform,
        parts.map(({ uniforms }) => uniforms),
      );
      const normal = cut(
        draws.normal,
        parts.map(({ normals }) => normals),
      );
      const own = (i: number) => ({ uniform: uniform[i] as Tensor, normal: normal[i] as Tensor });
      return join((part, each, i) => part.sample(each, own(i), temperature), raw);
    },
    mean: (raw) => join((part, own) => part.mean(own), raw),
    ...(parts.every((part) => part.cdf) && { cdf }),
    ...(parts.every((part) => part.kl) && { kl }),
  };
}
