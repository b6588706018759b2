/** The rule that forecasts all columns by the past of all. */
import { type Column, type Sequence, sliceSequence } from "../data/dataset.ts";
import type { Forecaster } from "./forecaster.ts";
import { fitVar } from "./var.ts";
import { varForecaster } from "./var-forecaster.ts";

/** The most columns and the most steps that a vector autoregression is fitted to. */
const [MOST_COLUMNS, MOST_STEPS] = [40, 50_000];
/** Its order is chosen on this share of what it is fitted to, the last. */
const HELD = 0.2;

/**
 * A vector autoregression fitted to histories up to their first origins, or nothing where there are no two real columns, or
 * others beside, or too little was seen.
 */
export function varRule(columns: readonly Column[], histories: readonly Sequence[]): Forecaster | undefined {
  const isFit =
    columns.length > 1 && columns.length <= MOST_COLUMNS && columns.every(({ kind }) => kind === "real");
  if (!isFit) return undefined;
  const share = Math.ceil(MOST_STEPS / histories.length);
  const latest = histories.map((each) => sliceSequence(each, Math.max(0, each.length - share), each.length));
  const steps = latest.reduce((sum, { length }) => sum + length, 0);
  if (steps < 20 * columns.length) return undefined;
  const cut = ({ length }: Sequence) => Math.ceil((1 - HELD) * length);
  const train = latest.map((each) => sliceSequence(each, 0, cut(each)));
  const valid = latest.map((each) => sliceSequence(each, cut(each), each.length));
  const { order } = fitVar(columns, train, valid);
  return varForecaster(fitVar(columns, latest, [], { orders: [order] }));
}
