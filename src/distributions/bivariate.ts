import type { Column } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import {
  add,
  concat,
  div,
  logSoftmax,
  logSumExp,
  mul,
  reshape,
  split,
  sqrt,
  square,
  squeeze,
  sub,
  type Tensor,
  unsqueeze,
  where,
} from "../graph/index.ts";
import type { Family } from "./emission.ts";
import {
  everyComponent,
  gridded,
  gridOf,
  isGiven,
  normalLogDensity,
  type PerColumn,
  scaleOf,
  unitScale,
  vector,
} from "./gaussian.ts";
import { averageOver, drawComponent, startingMeans } from "./mixture.ts";

/** A mixture of bivariate normals, `[..., P, K]` each: x₁ ~ N(mean₁, scale₁), x₂ | x₁ ~ N(mean₂ + slope·z₁, scale₂). */
interface Pairs {
  readonly logits: Tensor;
  readonly mean1: Tensor;
  readonly mean2: Tensor;
  readonly scale1: Tensor;
  readonly scale2: Tensor;
  readonly slope: Tensor;
}

/**
 * log p(x₁), log p(x₂ | x₁) and log p(x₂) of mixtures of bivariate normals.
 *
 * @param x1 `[..., P]` @param x2 `[..., P]`
 */
export function bivariateLogDensities(
  x1: Tensor,
  x2: Tensor,
  { logits, mean1, mean2, scale1, scale2, slope }: Pairs,
): { first: Tensor; conditional: Tensor; second: Tensor } {
  const [own1, own2] = [unsqueeze(x1, -1), unsqueeze(x2, -1)]; // [..., P, 1]
  const overall = (terms: Tensor) => logSumExp(terms, [-1]);
  const weighted1 = add(logSoftmax(logits), normalLogDensity(own1, mean1, scale1)); // [..., P, K]
  const z1 = div(sub(own1, mean1), scale1);
  const given1 = normalLogDensity(own2, add(mean2, mul(slope, z1)), scale2);
  const spread2 = sqrt(add(square(slope), square(scale2)));
  const first = overall(weighted1);
  return {
    first,
    conditional: sub(overall(add(weighted1, given1)), first),
    second: overall(add(logSoftmax(logits), normalLogDensity(own2, mean2, spread2))),
  };
}

/** The components given what was seen of a pair: their logits, and the mean and scale of z₁ = (x₁ − mean₁) / scale₁ in each. */
function givenSeen(pairs: Pairs, [x1, x2]: PairOf<Tensor>, [seen1, seen2]: PairOf<Tensor>) {
  const { logits, mean1, mean2, scale1, scale2, slope } = pairs;
  const [own1, own2, isFirst, isSecond] = [x1, x2, seen1, seen2].map((entry) => unsqueeze(entry, -1)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ]; // [..., P, 1]
  const variance2 = add(square(slope), square(scale2)); // of x₂, [..., P, K]
  const fit1 = normalLogDensity(own1, mean1, scale1);
  const fit2 = normalLogDensity(own2, mean2, sqrt(variance2));
  const z1 = div(sub(own1, mean1), scale1);
  const regressed = div(mul(slope, sub(own2, mean2)), variance2); // E[z₁ | x₂]
  const left = div(scale2, sqrt(variance2)); // the deviation of z₁ given x₂
  return {
    ...pairs,
    logits: add(logits, where(isFirst, fit1, where(isSecond, fit2, 0))),
    mean: where(isFirst, z1, where(isSecond, regressed, 0)),
    scale: where(isFirst, 0, where(isSecond, left, 1)),
  };
}

/**
 * Pairs of consecutive columns, such as the steps dx and dy of a pen, each pair a mixture of bivariate normals with
 * correlation (Graves, "Generating Sequences With Recurrent Neural Networks", 2013, eq. 23 to 25; sketch-rnn).
 *
 * It is written as p(x₁) p(x₂ | x₁), so that each entry has its own nats and the conditional scale keeps the floor of
 * the grid (`resolution.ts`): in Graves' letters slope = ρσ₂ and scale₂ = σ₂√(1 − ρ²). Where only one entry of a pair was
 * observed, it gets its marginal, and the other one is drawn given it. `raw` is [weights | means₁ | means₂ | scales₁ | scales₂ | slopes], each `[P·K]`.
 */
export const bivariate = (components: number): Family =>
  gridded((columns, { floors, offsets }) => {
    checkPairs(columns);
    const pairs = columns.length / 2;
    const size = pairs * components;
    const [floors1, floors2] = floorsOfPairs(floors, components);
    const [first1, first2] = floorsOfPairs(gridOf(columns).floors, components);
    const perComponent = (x: Tensor) => reshape(x, [...x.shape.slice(0, -1), pairs, components]);
    const parts = (raw: Tensor): Pairs => {
      const flat = split(raw, Array<number>(6).fill(size)); // [..., P·K] each
      const [logits, mean1, mean2, raw1, raw2, slope] = flat as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      return {
        logits: perComponent(logits),
        mean1: perComponent(mean1),
        mean2: perComponent(mean2),
        scale1: perComponent(scaleOf(raw1, floors1)),
        scale2: perComponent(scaleOf(raw2, floors2)),
        slope: perComponent(slope),
      };
    };
    return {
      width: 6 * size,
      uniforms: size,
      normals: columns.length,
      missing: "exact",
      initialBias: [
        ...Array<number>(size).fill(0),
        ...Array.from({ length: 2 * pairs }, () => startingMeans(components)).flat(),
        ...unitScale(first1),
        ...unitScale(first2),
        ...Array<number>(size).fill(0),
      ],
      logProbability: (raw, x, seen) => {
        const [x1, x2] = halves(x);
        const { first, conditional, second } = bivariateLogDensities(x1, x2, parts(raw));
        return add(interleaved(first, where(halves(seen)[0], conditional, second)), vector(offsets));
      },
      sample: (raw, { uniform, normal }, temperature) => {
        const { logits, mean1, mean2, scale1, scale2, slope } = parts(raw);
        const pick = drawComponent(logits, perComponent(uniform), temperature);
        const [noise1, noise2] = halves(mul(normal, temperature));
        const x1 = add(pick(mean1), mul(pick(scale1), noise1));
        const given1 = add(pick(mean2), mul(pick(slope), noise1));
        return interleaved(x1, add(given1, mul(pick(scale2), noise2)));
      },
      complete: (raw, x, seen, { uniform, normal }, temperature) => {
        const own = givenSeen(parts(raw), halves(x), halves(seen));
        const pick = drawComponent(own.logits, perComponent(uniform), temperature);
        const [noise1, noise2] = halves(mul(normal, temperature));
        const z1 = add(pick(own.mean), mul(pick(own.scale), noise1));
        const x1 = add(pick(own.mean1), mul(pick(own.scale1), z1));
        const given1 = add(pick(own.mean2), mul(pick(own.slope), z1));
        return interleaved(x1, add(given1, mul(pick(own.scale2), noise2)));
      },
      mean: (raw) => {
        const { logits, mean1, mean2 } = parts(raw);
        return interleaved(averageOver(logits, mean1), averageOver(logits, mean2));
      },
    };
  });

/** The least scales of the first and of the second entries of all pairs, for each component `[..., P·K]`. */
function floorsOfPairs(floors: readonly number[], components: number): PairOf<readonly number[]>;
function floorsOfPairs(floors: PerColumn, components: number): PairOf<PerColumn>;
function floorsOfPairs(floors: PerColumn, components: number): PairOf<PerColumn> {
  const [first, second] = isGiven(floors) ? halves(floors) : numberHalves(floors);
  return [everyComponent(first, components), everyComponent(second, components)];
}

type PairOf<Entries> = readonly [first: Entries, second: Entries];

const numberHalves = (floors: readonly number[]): PairOf<readonly number[]> => [
  floors.filter((_, i) => i % 2 === 0),
  floors.filter((_, i) => i % 2 === 1),
];

function checkPairs(columns: readonly Column[]): void {
  if (columns.length % 2 === 0) return;
  const names = columns.map(({ name }) => `"${name}"`).join(", ");
  throw new VrnnError(
    "distribution/pairs",
    `bivariate takes real columns two by two, and there are ${columns.length}: ${names}`,
    { remedy: `give one of them a family of its own, such as "${columns.at(-1)?.name}=mixture"` },
  );
}

/** The first and the second entries of all pairs: `[..., 2P]` to `[..., P]` twice. */
function halves(x: Tensor): [Tensor, Tensor] {
  const paired = reshape(x, [...x.shape.slice(0, -1), (x.shape[x.rank - 1] as number) / 2, 2]);
  const [first, second] = split(paired, [1, 1]) as [Tensor, Tensor];
  return [squeeze(first, -1), squeeze(second, -1)];
}

/** The inverse of `halves`. */
const interleaved = (first: Tensor, second: Tensor): Tensor => {
  const paired = concat([unsqueeze(first, -1), unsqueeze(second, -1)]); // [..., P, 2]
  return reshape(paired, [...first.shape.slice(0, -1), 2 * (first.shape[first.rank - 1] as number)]);
};
