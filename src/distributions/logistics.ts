import type { Column } from "../data/dataset.ts";
import {
  add,
  addAll,
  div,
  greater,
  less,
  log,
  log1mExp,
  logSigmoid,
  logSoftmax,
  logSumExp,
  maximum,
  minimum,
  mul,
  neg,
  reshape,
  round,
  sigmoid,
  softplus,
  split,
  sub,
  type Tensor,
  unsqueeze,
  where,
} from "../graph/index.ts";
import type { Family } from "./emission.ts";
import { scaleOf, unitScale, vector } from "./gaussian.ts";
import { averageOver, drawComponent, startingMeans } from "./mixture.ts";

/** The cells of a column in units of its deviation. */
interface Cells {
  readonly width: number;
  readonly lowest: number;
  readonly highest: number;
}

function scaledCells({ mean, deviation, range, minimum, maximum }: Column): Cells {
  const [lowest, highest] = range ?? [minimum, maximum];
  const scale = deviation > 0 ? deviation : 1;
  return { width: 1 / scale, lowest: (lowest - mean) / scale, highest: (highest - mean) / scale };
}

/** The least scale of a component, in cells; masses are exact, so it is for the gradient's sake. */
const leastScale = 0.1;

/** The scale of a logistic distribution of deviation ½. */
const startingScale = (0.5 * Math.sqrt(3)) / Math.PI;

/**
 * log[F(upper) − F(lower)] of logistic distributions, stable everywhere: with b and a the standardised ends it is
 * log σ(b) + log σ(−a) + log(1 − e^−(b − a)). The first cell takes the tail below it, the last the tail above.
 *
 * @param x the middle of the cell @param width of the cell @param first whether it is the first @param last whether it is the last
 */
export function logisticLogMass(
  x: Tensor,
  mean: Tensor,
  scale: Tensor,
  width: Tensor,
  first: Tensor,
  last: Tensor,
): Tensor {
  const half = mul(width, 0.5);
  const below = logSigmoid(div(sub(add(x, half), mean), scale)); // log F(upper)
  const above = logSigmoid(neg(div(sub(sub(x, half), mean), scale))); // log (1 − F(lower))
  const inner = addAll([below, above, log1mExp(div(width, scale))]);
  return where(first, below, where(last, above, inner));
}

/**
 * Whole numbers of a format, such as pixels of 8 bits or sound samples of 16: mixtures of logistic distributions, each
 * value scored by the mass of its cell (Salimans, Karpathy, Chen, Kingma, "PixelCNN++", 2017, eq. 1 and 2).
 * `raw` is [weights | means | scales], each `[D·K]`, column by column, in deviations.
 */
export const logistics =
  (components: number): Family =>
  (columns) => {
    const cells = columns.map(scaledCells);
    const size = columns.length * components;
    const each = (entry: (own: Cells) => number) => vector(cells.map(entry)); // [D]
    const [width, lowest, highest] = [
      each((own) => own.width),
      each((own) => own.lowest),
      each((own) => own.highest),
    ];
    const floors = cells.flatMap((own) => Array<number>(components).fill(leastScale * own.width));
    const perComponent = (x: Tensor) => reshape(x, [...x.shape.slice(0, -1), columns.length, components]);
    const parts = (raw: Tensor) => {
      const [logits, mean, scale] = split(raw, [size, size, size]) as [Tensor, Tensor, Tensor];
      return [logits, mean, scaleOf(scale, floors)].map(perComponent) as [Tensor, Tensor, Tensor];
    }; // [..., D, K]
    const isFirst = (x: Tensor) => less(x, add(lowest, mul(width, 0.5)));
    const isLast = (x: Tensor) => greater(x, sub(highest, mul(width, 0.5)));
    return {
      width: 3 * size,
      uniforms: size + columns.length,
      normals: 0,
      initialBias: [
        ...Array<number>(size).fill(0),
        ...columns.flatMap(() => startingMeans(components)),
        ...unitScale(floors, startingScale),
      ],
      logProbability: (raw, x) => {
        const [logits, mean, scale] = parts(raw);
        const [own, cell, first, last] = [x, width, isFirst(x), isLast(x)].map((entry) =>
          unsqueeze(entry, -1),
        ) as [Tensor, Tensor, Tensor, Tensor];
        const masses = logisticLogMass(own, mean, scale, cell, first, last); // [..., D, K]
        return logSumExp(add(logSoftmax(logits), masses), [-1]);
      },
      sample: (raw, { uniform }, temperature) => {
        const [logits, mean, scale] = parts(raw);
        const [ofComponent, ofValue] = split(uniform, [size, columns.length]) as [Tensor, Tensor];
        const pick = drawComponent(logits, perComponent(ofComponent), temperature);
        const noise = mul(sub(log(ofValue), log(sub(1, ofValue))), temperature);
        const drawn = add(pick(mean), mul(pick(scale), noise));
        const cell = round(div(sub(drawn, lowest), width)); // counted from the lowest
        return minimum(maximum(add(lowest, mul(cell, width)), lowest), highest);
      },
      /** lowest + ∫ (1 − F) over the range: the tails count as its ends. */
      mean: (raw) => {
        const [logits, mean, scale] = parts(raw);
        const over = (end: Tensor) => softplus(div(sub(mean, unsqueeze(end, -1)), scale));
        return add(lowest, averageOver(logits, mul(scale, sub(over(lowest), over(highest)))));
      },
      cdf: (raw, x) => {
        const [logits, mean, scale] = parts(raw);
        const upper = unsqueeze(add(x, mul(width, 0.5)), -1);
        return where(isLast(x), 1, averageOver(logits, sigmoid(div(sub(upper, mean), scale))));
      },
    };
  };
