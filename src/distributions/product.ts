import { concat, split, type Tensor } from "../graph/index.ts";
import { changedLast, type Draws, type Emission, type EmissionUnits, type LastSeen } from "./emission.ts";

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
  const some = (name: keyof Emission) => parts.some((part) => part[name]);
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
  /** What each part has of some values of all columns. */
  const cutEach = <Values extends object>(values: Values) => {
    const pieces = Object.entries(values).map(([name, value]) => [name, cut(value, sizes)] as const);
    return (i: number) => Object.fromEntries(pieces.map(([name, own]) => [name, own[i]])) as Values;
  };
  const under = (units: EmissionUnits) => {
    const own = cutEach(units);
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
  const complete: Emission["complete"] = (raw, x, seen, draws, temperature) => {
    const [row, own] = [cutEach({ x, seen }), cutDraws(draws)];
    return join((part, each, i) => {
      const drawn = part.complete?.(each, row(i).x, row(i).seen, own(i), temperature);
      return drawn ?? part.sample(each, own(i), temperature);
    }, raw);
  };
  return {
    width: total(({ width }) => width),
    uniforms: total(({ uniforms }) => uniforms),
    normals: total(({ normals }) => normals),
    missing:
      (["refuse", "sampled"] as const).find((rule) => parts.some(({ missing }) => missing === rule)) ??
      "exact",
    initialBias: parts.flatMap(({ initialBias }) => initialBias),
    ...(some("recall") && { recall }),
    ...(some("readsAge") && { readsAge: true }),
    ...(some("under") && { under }),
    logProbability: (raw, x, seen) => {
      const row = cutEach({ x, seen });
      return join((part, own, i) => part.logProbability(own, row(i).x, row(i).seen), raw);
    },
    sample: (raw, draws, temperature) => {
      const own = cutDraws(draws);
      return join((part, each, i) => part.sample(each, own(i), temperature), raw);
    },
    mean: (raw) => join((part, own) => part.mean(own), raw),
    ...(some("complete") && { complete }),
    ...(parts.every((part) => part.cdf) && { cdf }),
    ...(parts.every((part) => part.kl) && { kl }),
  };
}
