import type { Column } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import {
  add,
  concat,
  div,
  logSoftmax,
  logSumExp,
  mul,
  type Operand,
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
import type { Draws, Family } from "./emission.ts";
import {
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
import { everyComponent } from "./per-column.ts";

/** A mixture of bivariate normals, `[..., P, K]` each: x₁ ~ N(mean₁, scale₁), x₂ | x₁ ~ N(mean₂ + slope·z₁, scale₂). */
interface Pairs {
  readonly logits: Tensor;
  readonly mean1: Tensor;
  readonly mean2: Tensor;
  readonly scale1: Tensor;
  readonly scale2: Tensor;
  readonly slope: Tensor;
}

/** What each component says of a pair, `[..., P, K]` each. @param x1 `[..., P]` @param x2 `[..., P]` */
function termsOf(x1: Tensor, x2: Tensor, { mean1, mean2, scale1, scale2, slope }: Pairs) {
  const [own1, own2] = [unsqueeze(x1, -1), unsqueeze(x2, -1)]; // [..., P, 1]
  const z1 = div(sub(own1, mean1), scale1);
  const scale = sqrt(add(square(slope), square(scale2))); // of x₂
  return {
    z1,
    scale,
    mean: div(mul(slope, sub(own2, mean2)), square(scale)), // E[z₁ | x₂]
    first: normalLogDensity(own1, mean1, scale1),
    given1: normalLogDensity(own2, add(mean2, mul(slope, z1)), scale2),
    second: normalLogDensity(own2, mean2, scale),
  };
}

/**
 * log p(x₁), log p(x₂ | x₁) and log p(x₂) of mixtures of bivariate normals.
 *
 * @param x1 `[..., P]` @param x2 `[..., P]`
 */
function logDensitiesOf(
  x1: Tensor,
  x2: Tensor,
  pairs: Pairs,
): { first: Tensor; conditional: Tensor; second: Tensor } {
  const overall = (terms: Tensor) => logSumExp(terms, [-1]);
  const terms = termsOf(x1, x2, pairs);
  const weights = logSoftmax(pairs.logits);
  const weighted1 = add(weights, terms.first); // [..., P, K]
  const first = overall(weighted1);
  return {
    first,
    conditional: sub(overall(add(weighted1, terms.given1)), first),
    second: overall(add(weights, terms.second)),
  };
}

/** Pairs of which something was seen: the mean and the scale of z₁ = (x₁ − mean₁) / scale₁ in each component. */
interface SeenPairs extends Pairs {
  readonly mean: Tensor;
  readonly scale: Tensor;
}

/** The components given what was seen of a pair. */
function givenSeen(pairs: Pairs, [x1, x2]: PairOf<Tensor>, [seen1, seen2]: PairOf<Tensor>): SeenPairs {
  const { z1, mean, scale, first, second } = termsOf(x1, x2, pairs);
  const bySeen = (one: Operand, other: Operand, neither: Operand) =>
    where(unsqueeze(seen1, -1), one, where(unsqueeze(seen2, -1), other, neither));
  return {
    ...pairs,
    logits: add(pairs.logits, bySeen(first, second, 0)),
    mean: bySeen(z1, mean, 0),
    scale: bySeen(0, div(pairs.scale2, scale), 1),
  };
}

/**
 * The mixtures that a raw output tells of.
 *
 * @param raw `[..., 6·P·K]` @param size P·K @param floors the least scales of both entries, for each component
 * @param perComponent `[..., P·K]` to `[..., P, K]`
 */
function pairsIn(
  raw: Tensor,
  size: number,
  [floors1, floors2]: PairOf<PerColumn>,
  perComponent: (x: Tensor) => Tensor,
): Pairs {
  const flat = split(raw, Array<number>(6).fill(size)); // [..., P·K] each
  const [logits, mean1, mean2, raw1, raw2, slope] = flat as Six<Tensor>;
  return {
    logits: perComponent(logits),
    mean1: perComponent(mean1),
    mean2: perComponent(mean2),
    scale1: perComponent(scaleOf(raw1, floors1)),
    scale2: perComponent(scaleOf(raw2, floors2)),
    slope: perComponent(slope),
  };
}

type Six<Part> = [Part, Part, Part, Part, Part, Part];

/** Pairs to draw from: with what was seen of them, where anything was. */
type DrawnPairs = Pairs & Partial<SeenPairs>;

/** Draws of both entries. @param pick `[..., P, K]` to the drawn component's, `[..., P]` @param noise `[..., D]` @returns `[..., D]` */
function drawPairs(own: DrawnPairs, pick: (x: Tensor) => Tensor, noise: Tensor): Tensor {
  const [noise1, noise2] = halves(noise);
  const z1 = own.mean && own.scale ? add(pick(own.mean), mul(pick(own.scale), noise1)) : noise1;
  const given1 = add(pick(own.mean2), mul(pick(own.slope), z1));
  const x1 = add(pick(own.mean1), mul(pick(own.scale1), z1));
  return interleaved(x1, add(given1, mul(pick(own.scale2), noise2)));
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
    const least = floorsOfPairs(floors, components);
    const [first1, first2] = floorsOfPairs(gridOf(columns).floors, components);
    const perComponent = (x: Tensor) => reshape(x, [...x.shape.slice(0, -1), pairs, components]);
    const parts = (raw: Tensor) => pairsIn(raw, size, least, perComponent);
    const drawn = (own: DrawnPairs, { uniform, normal }: Draws, temperature: Tensor) =>
      drawPairs(own, drawComponent(own.logits, perComponent(uniform), temperature), mul(normal, temperature));
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
        const { first, conditional, second } = logDensitiesOf(x1, x2, parts(raw));
        return add(interleaved(first, where(halves(seen)[0], conditional, second)), vector(offsets));
      },
      sample: (raw, draws, temperature) => drawn(parts(raw), draws, temperature),
      complete: (raw, x, seen, draws, temperature) =>
        drawn(givenSeen(parts(raw), halves(x), halves(seen)), draws, temperature),
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

const numberHalves = (floors: readonly number[]) =>
  [0, 1].map((half) => floors.filter((_, i) => i % 2 === half)) as [number[], number[]];

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
