import {
  add,
  argmax,
  concat,
  cumsum,
  div,
  expand,
  logSoftmax,
  logSumExp,
  mul,
  oneHot,
  reshape,
  slice,
  split,
  sub,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "../graph/index.ts";
import type { Draws, Emission, Family } from "./emission.ts";
import {
  type GridTerms,
  gridded,
  gridOf,
  normalCdf,
  normalLogDensity,
  scaleOf,
  unitScale,
  vector,
} from "./gaussian.ts";
import { averageOver, gumbel, startingMeans } from "./mixture.ts";
import { everyComponent } from "./per-column.ts";

/** Components of whole rows: their logits `[..., K]`, means and scales `[..., D, K]`. */
interface Components {
  readonly logits: Tensor;
  readonly mean: Tensor;
  readonly scale: Tensor;
}

/**
 * Real columns that are told together by a mixture of normals with diagonal covariance: a component is of the whole row (the
 * GMM of Graves 2013 and of RNN-GMM and VRNN-GMM in Chung et al. 2015), where `mixture` gives each column one of its own.
 * `raw` is [weights `[K]` | means | scales, each `[D·K]`, column by column].
 *
 * Each entry has its part of the chain rule over those seen before it in the row, and what is missing is drawn given what was
 * seen.
 */
export const gmm = (components: number): Family =>
  gridded((columns, grid) => gmmOn(columns.length, components, gridOf(columns).floors, grid));

function gmmOn(
  columns: number,
  components: number,
  starting: readonly number[],
  { floors, offsets, halfCells }: GridTerms,
): Emission {
  const size = columns * components;
  const perColumn = (x: Tensor) => reshape(x, [...x.shape.slice(0, -1), columns, components]);
  const cut = (raw: Tensor) => split(raw, [components, size, size]) as [Tensor, Tensor, Tensor];
  const parts = (raw: Tensor): Components => {
    const [logits, mean, scale] = cut(raw);
    return {
      logits,
      mean: perColumn(mean),
      scale: perColumn(scaleOf(scale, everyComponent(floors, components))),
    };
  };
  /** A draw of the component by `logits`, and of all entries by that. */
  const drawn = (raw: Tensor, logits: Tensor, { uniform, normal }: Draws, temperature: Tensor) => {
    const [, mean, rawScale] = cut(raw);
    const scores = add(div(logits, temperature), gumbel(uniform));
    const chosen = unsqueeze(oneHot(argmax(scores), components), -2); // [..., 1, K]
    const pick = (entries: Tensor) => sum(mul(perColumn(entries), chosen), [-1]); // [..., D]
    return add(pick(mean), mul(mul(scaleOf(pick(rawScale), floors), normal), temperature));
  };
  const each = ({ logits }: Components) =>
    expand(unsqueeze(logits, -2), [...logits.shape.slice(0, -1), columns, components]);
  return {
    width: components + 2 * size,
    uniforms: components,
    normals: columns,
    missing: "exact",
    initialBias: [
      ...Array<number>(components).fill(0),
      ...Array.from({ length: columns }, () => startingMeans(components)).flat(),
      ...unitScale(everyComponent(starting, components)),
    ],
    logProbability: (raw, x, seen) => add(chained(parts(raw), x, seen), vector(offsets)),
    sample: (raw, draws, temperature) => drawn(raw, cut(raw)[0], draws, temperature),
    complete: (raw, x, seen, draws, temperature) => {
      const own = parts(raw);
      const told = sum(seenDensities(own, x, seen), [-2]); // [..., K]
      return drawn(raw, add(own.logits, told), draws, temperature);
    },
    mean: (raw) => {
      const own = parts(raw);
      return averageOver(each(own), own.mean);
    },
    cdf: (raw, x) => {
      const own = parts(raw);
      return averageOver(each(own), normalCdf(unsqueeze(add(x, vector(halfCells)), -1), own.mean, own.scale));
    },
  };
}

/** The log density of each entry under each component, 0 where it was not seen. `[..., D, K]` */
const seenDensities = ({ mean, scale }: Components, x: Tensor, seen: Tensor): Tensor =>
  where(unsqueeze(seen, -1), normalLogDensity(unsqueeze(x, -1), mean, scale), 0);

/** log p(x_d | what was seen before it in the row): differences of what is said of longer and longer beginnings. `[..., D]` */
function chained(own: Components, x: Tensor, seen: Tensor): Tensor {
  const beginnings = cumsum(seenDensities(own, x, seen), -2); // [..., D, K]
  const told = logSumExp(add(unsqueeze(logSoftmax(own.logits), -2), beginnings), [-1]); // [..., D]
  const last = told.rank - 1;
  const length = told.shape[last] as number;
  if (length === 1) return told;
  const [first, before] = [slice(told, last, 0, 1), slice(told, last, 0, length - 1)];
  return concat([first, sub(slice(told, last, 1, length), before)]);
}
