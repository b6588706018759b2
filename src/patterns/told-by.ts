/** Labels told by logistic regression on features, its ridge chosen by cross-validation. */
import { fitLogistic, type Logistic, type LogisticProblem, logProbabilities } from "../baselines/logistic.ts";
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

/** Ridges that are tried, the strongest first. */
const PENALTIES: readonly number[] = [1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001, 0.00003];
const MOST_FOLDS = 5;

/** log p of each level, `[L]`. */
export const told = ({ standard, logistic }: Teller, row: Float64Array): Float64Array =>
  logProbabilities(logistic, standardised(standard, row));

/**
 * Fits a teller with the ridge whose log-loss over held-out folds is least: ridges are tried from the strongest on, until
 * the loss has risen twice.
 */
export function fitTeller(labelled: Labelled, seed: number): FittedTeller {
  const held = new HeldOutFolds(labelled, seed);
  let best: { readonly loss: number; readonly penalty: number; readonly heldOut: ToldLabel[] } | undefined;
  let risen = 0;
  for (const penalty of PENALTIES) {
    const heldOut = held.toldBy(penalty);
    const loss = heldOut.reduce((sum, { label, logProb }) => sum - logProb[label]!, 0);
    if (best === undefined || loss < best.loss) [best, risen] = [{ loss, penalty, heldOut }, 0];
    else if (++risen === 2) break;
  }
  const { penalty, heldOut } = best!;
  return { teller: new Fit(labelled).tellerOf(penalty), heldOut };
}

/** Examples dealt to folds, each told by what is learned of the others. */
class HeldOutFolds {
  private readonly labelled: Labelled;
  /** `[N]`: the fold of each example. */
  private readonly fold: readonly number[];
  private readonly fits: readonly Fit[];

  constructor(labelled: Labelled, seed: number) {
    const { rows, levels, count } = labelled;
    const folds = Math.max(2, Math.min(MOST_FOLDS, levels.length));
    this.labelled = labelled;
    this.fold = foldsOf(levels, folds, seed);
    this.fits = Array.from({ length: folds }, (_, k) => {
      const isTaken = (_: unknown, n: number) => this.fold[n] !== k;
      return new Fit({ rows: rows.filter(isTaken), levels: levels.filter(isTaken), count });
    });
  }

  toldBy(penalty: number): ToldLabel[] {
    const tellers = this.fits.map((fit) => fit.tellerOf(penalty));
    const { rows, levels } = this.labelled;
    return levels.map((label, n) => ({ label, logProb: told(tellers[this.fold[n]!]!, rows[n]!) }));
  }
}

/** Examples on one scale, fitted again and again: each fit begins where the one before ended. */
class Fit {
  private readonly standard: Standard;
  private readonly problem: LogisticProblem;
  private last: Logistic | undefined;

  constructor({ rows, ...known }: Labelled) {
    this.standard = standardOf(rows);
    this.problem = { rows: rows.map((row) => standardised(this.standard, row)), ...known };
  }

  tellerOf(penalty: number): Teller {
    this.last = fitLogistic(this.problem, penalty, this.last);
    return { standard: this.standard, logistic: this.last, penalty };
  }
}
