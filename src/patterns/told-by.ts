/** Labels told by logistic regression on features, its ridge chosen by cross-validation. */
import { fitLogistic, type Logistic, logProbabilities } from "../baselines/logistic.ts";
import type { ToldLabel } from "../metrics/classes.ts";
import { foldsOf } from "./folds.ts";
import { type Standard, standardised, standardOf } from "./standardise.ts";

/** What tells labels of features. */
export interface Teller {
  readonly standard: Standard;
  readonly logistic: Logistic;
  /** The ridge; see `fitLogistic`. */
  readonly penalty: number;
}

/** Rows of features with their levels. */
export interface Labelled {
  /** `[N]` rows `[F]`; NaN is not known */
  readonly rows: readonly Float64Array[];
  /** `[N]`: 0 to `count` − 1 */
  readonly levels: readonly number[];
  readonly count: number;
}

/** A teller, and how it does on examples that it was not made of. */
export interface FittedTeller {
  readonly teller: Teller;
  /** `[N]`: what each example is told by what was made of the other folds. */
  readonly heldOut: readonly ToldLabel[];
}

/** Ridges that are tried, the strongest first: each fit begins where the one before ended. */
const PENALTIES: readonly number[] = [1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001];
const MOST_FOLDS = 5;

/** log p of each level, `[L]`. */
export const told = ({ standard, logistic }: Teller, row: Float64Array): Float64Array =>
  logProbabilities(logistic, standardised(standard, row));

/** Fits a teller with the ridge whose log-loss over held-out folds is least. */
export function fitTeller(labelled: Labelled, seed: number): FittedTeller {
  const { levels } = labelled;
  const folds = Math.max(2, Math.min(MOST_FOLDS, levels.length));
  const fold = foldsOf(levels, folds, seed);
  const paths = Array.from({ length: folds }, (_, k) =>
    pathOf(
      some(labelled, (n) => fold[n] !== k),
      labelled.rows.filter((_, n) => fold[n] === k),
    ),
  );
  const heldOut = PENALTIES.map((_, p) => {
    const turns = new Array<number>(folds).fill(0);
    return levels.map((label, n): ToldLabel => {
      const k = fold[n]!;
      return { label, logProb: paths[k]![p]![turns[k]!++]! };
    });
  });
  const losses = heldOut.map((all) => all.reduce((sum, { label, logProb }) => sum - logProb[label]!, 0));
  const best = losses.indexOf(Math.min(...losses));
  return { teller: tellersOf(labelled, PENALTIES.slice(0, best + 1)).at(-1)!, heldOut: heldOut[best]! };
}

const some = ({ rows, levels, count }: Labelled, isTaken: (n: number) => boolean): Labelled => ({
  rows: rows.filter((_, n) => isTaken(n)),
  levels: levels.filter((_, n) => isTaken(n)),
  count,
});

/** What each ridge tells of other rows: `[penalties][rows]` log p. */
const pathOf = (labelled: Labelled, others: readonly Float64Array[]): Float64Array[][] =>
  tellersOf(labelled, PENALTIES).map((teller) => others.map((row) => told(teller, row)));

function tellersOf({ rows, levels, count }: Labelled, penalties: readonly number[]): Teller[] {
  const standard = standardOf(rows);
  const problem = { rows: rows.map((row) => standardised(standard, row)), levels, count };
  let logistic: Logistic | undefined;
  return penalties.map((penalty) => {
    logistic = fitLogistic(problem, penalty, logistic);
    return { standard, logistic, penalty };
  });
}
