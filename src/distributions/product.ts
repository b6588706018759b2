import { paired } from "../collections.ts";
import { concat, split, type Tensor } from "../graph/index.ts";
import { changedLast, type Draws, type Emission, type LastSeen, type Moved, outputsOf } from "./emission.ts";

/** Where parts lie in a last axis, one behind the other. */
class Layout {
  private readonly widths: readonly number[];

  constructor(widths: readonly number[]) {
    this.widths = widths;
  }

  /** What each part has of a tensor; one without width is handed all of it, and reads nothing. */
  cut(x: Tensor): readonly Tensor[] {
    const taken = this.widths.filter((width) => width > 0);
    const pieces = taken.length > 0 ? split(x, taken) : [];
    let at = 0;
    return this.widths.map((width) => (width > 0 ? pieces[at++]! : x));
  }

  /** What each part has of two tensors. */
  cutBoth(x: Tensor, other: Tensor): readonly (readonly [Tensor, Tensor])[] {
    return paired(this.cut(x), this.cut(other));
  }
}

/** Emissions side by side, and where each finds what is its own. */
class Parts {
  readonly emissions: readonly Emission[];
  readonly columns: Layout;
  readonly raws: Layout;
  readonly outputs: Layout;
  private readonly uniforms: Layout;
  private readonly normals: Layout;

  constructor(emissions: readonly Emission[], sizes: readonly number[]) {
    this.emissions = emissions;
    this.columns = new Layout(sizes);
    this.raws = new Layout(emissions.map(({ width }) => width));
    this.outputs = new Layout(emissions.map(outputsOf));
    this.uniforms = new Layout(emissions.map(({ uniforms }) => uniforms));
    this.normals = new Layout(emissions.map(({ normals }) => normals));
  }

  /** What the parts give, one behind the other. @param given what each is handed beside its raw output */
  join<Given>(
    raw: Tensor,
    given: readonly Given[],
    of: (part: Emission, raw: Tensor, given: Given) => Tensor,
    layout = this.raws,
  ): Tensor {
    const each = paired(this.emissions, paired(layout.cut(raw), given));
    return concat(each.map(([part, [own, beside]]) => of(part, own, beside)));
  }

  draws({ uniform, normal }: Draws): readonly Draws[] {
    const own = paired(this.uniforms.cut(uniform), this.normals.cut(normal));
    return own.map(([uniform, normal]) => ({ uniform, normal }));
  }
}

/**
 * Several emissions as one: their raw outputs, values and draws follow each other. It has a CDF or a divergence where
 * all of them have.
 */
export function productEmission(emissions: readonly Emission[], sizes: readonly number[]): Emission {
  const parts = new Parts(emissions, sizes);
  const total = (of: (part: Emission) => number) => emissions.reduce((all, part) => all + of(part), 0);
  const rules = emissions.map(({ missing }) => missing);
  return {
    width: total(({ width }) => width),
    outputs: total(outputsOf),
    uniforms: total(({ uniforms }) => uniforms),
    normals: total(({ normals }) => normals),
    missing: (["refuse", "sampled"] as const).find((rule) => rules.includes(rule)) ?? "exact",
    initialBias: emissions.flatMap(({ initialBias }) => initialBias),
    logProbability: (raw, x, seen) =>
      parts.join(raw, parts.columns.cutBoth(x, seen), (part, own, row) => part.logProbability(own, ...row)),
    sample: (raw, draws, temperature) =>
      parts.join(raw, parts.draws(draws), (part, own, drawn) => part.sample(own, drawn, temperature)),
    mean: (raw) => parts.join(raw, emissions, (part, own) => part.mean(own)),
    ...whereAny(parts, sizes),
    ...whereAll(parts),
  };
}

/** What there is where any part has it: the others stay as they are. */
function whereAny(parts: Parts, sizes: readonly number[]): Partial<Emission> {
  const { emissions, columns } = parts;
  const some = (name: keyof Emission) => emissions.some((part) => part[name]);
  const lastOf = (last: LastSeen) =>
    emissions.map((_, i) => changedLast(last, (seen) => columns.cut(seen)[i]!));
  const recall: Emission["recall"] = (output, last) => {
    const own = lastOf(last);
    const recalled = (part: Emission, given: Tensor, before: LastSeen) =>
      part.recall?.(given, before) ?? given;
    return parts.join(output, own, recalled, parts.outputs);
  };
  const under: Emission["under"] = ({ shift, scale, cell }) => {
    const own = paired(columns.cut(shift), columns.cutBoth(scale, cell));
    const each = paired(emissions, own).map(
      ([part, [shift, [scale, cell]]]) => part.under?.({ shift, scale, cell }) ?? part,
    );
    return productEmission(each, sizes);
  };
  const bind: Emission["bind"] = (weight) =>
    productEmission(
      emissions.map((part) => part.bind?.(weight) ?? part),
      sizes,
    );
  const complete: Emission["complete"] = (raw, x, seen, draws, temperature) => {
    const own = paired(columns.cutBoth(x, seen), parts.draws(draws));
    return parts.join(
      raw,
      own,
      (part, each, [row, drawn]) =>
        part.complete?.(each, ...row, drawn, temperature) ?? part.sample(each, drawn, temperature),
    );
  };
  const moved: Moved = {
    width: emissions.reduce((all, part) => all + (part.moved?.width ?? 0), 0),
    of: (x, seen, last) => {
      const own = paired(emissions, paired(columns.cutBoth(x, seen), lastOf(last)));
      return concat(own.flatMap(([part, [row, before]]) => part.moved?.of(...row, before) ?? []));
    },
  };
  return {
    ...(some("moved") && { moved }),
    ...(some("recall") && { recall }),
    ...(some("readsAge") && { readsAge: true }),
    ...(some("readsSeason") && { readsSeason: true }),
    ...(some("under") && { under }),
    ...(some("bind") && { bind, parameters: emissions.flatMap(({ parameters = [] }) => parameters) }),
    ...(some("complete") && { complete }),
  };
}

/** What there is where all parts have it. */
function whereAll(parts: Parts): Partial<Emission> {
  const { emissions, columns, raws } = parts;
  const cdf: Emission["cdf"] = (raw, x) =>
    parts.join(raw, columns.cut(x), (part, own, value) => part.cdf!(own, value));
  const kl: Emission["kl"] = (first, second) =>
    parts.join(first, raws.cut(second), (part, own, other) => part.kl!(own, other));
  return {
    ...(emissions.every((part) => part.cdf) && { cdf }),
    ...(emissions.every((part) => part.kl) && { kl }),
  };
}
