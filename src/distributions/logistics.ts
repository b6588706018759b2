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
import type { Emission, EmissionUnits, Family } from "./emission.ts";
import { isGiven, type PerColumn, scaleOf, unitScale, vector } from "./gaussian.ts";
import { averageOver, drawComponent, startingMeans } from "./mixture.ts";
import { everyComponent } from "./per-column.ts";

/** The cells of columns in the units that values are scaled by: their width, the first and the last. */
interface Cells<Entries extends PerColumn = PerColumn> {
  readonly width: Entries;
  readonly lowest: Entries;
  readonly highest: Entries;
}

const rangeOf = ({ range, minimum, maximum }: Column): readonly [number, number] =>
  range ?? [minimum, maximum];

/** In units of the deviation. */
function scaledCells(columns: readonly Column[]): Cells<readonly number[]> {
  const scales = columns.map(({ standardDeviation: deviation }) => (deviation > 0 ? deviation : 1));
  const scaled = (value: (column: Column) => number) =>
    columns.map((column, d) => (value(column) - column.mean) / scales[d]!);
  return {
    width: scales.map((scale) => 1 / scale),
    lowest: scaled((column) => rangeOf(column)[0]),
    highest: scaled((column) => rangeOf(column)[1]),
  };
}

/** In units that sequences bring themselves. */
function cellsUnder(columns: readonly Column[], { shift, scale, cell }: EmissionUnits): Cells<Tensor> {
  const scaled = (place: 0 | 1) =>
    div(sub(vector(columns.map((each) => rangeOf(each)[place])), shift), scale);
  return { width: cell, lowest: scaled(0), highest: scaled(1) };
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
  (columns) => ({
    ...logisticsOn(columns, scaledCells(columns), components),
    under: (units) => logisticsOn(columns, cellsUnder(columns, units), components),
  });

/** The least scales of all components: a share of the width of a cell. */
function floorsOf(widths: readonly number[], components: number): readonly number[];
function floorsOf(widths: PerColumn, components: number): PerColumn;
function floorsOf(widths: PerColumn, components: number): PerColumn {
  const floors = isGiven(widths) ? mul(widths, leastScale) : widths.map((width) => leastScale * width);
  return everyComponent(floors, components);
}

function logisticsOn(columns: readonly Column[], cells: Cells, components: number): Emission {
  const size = columns.length * components;
  const [width, lowest, highest] = [vector(cells.width), vector(cells.lowest), vector(cells.highest)]; // [D]
  const floors = floorsOf(cells.width, components);
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
    missing: "exact",
    initialBias: [
      ...Array<number>(size).fill(0),
      ...columns.flatMap(() => startingMeans(components)),
      ...unitScale(floorsOf(scaledCells(columns).width, components), startingScale),
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
}
