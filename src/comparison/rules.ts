/** The simple models that always can be fitted in a moment, by their names. */
import { asReal } from "../baselines/as-real.ts";
import { ahead, type Forecaster, normalPredictive } from "../baselines/forecaster.ts";
import type { Baseline } from "../baselines/gaussian.ts";
import { fitIndependent } from "../baselines/independent.ts";
import { fitVar } from "../baselines/var.ts";
import { varForecaster } from "../baselines/var-forecaster.ts";
import type { Column, Dataset } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";

/** A simple model that was fitted to a training split. */
export interface FittedRule {
  readonly told: Baseline;
  readonly forecaster: Forecaster;
  /** How many numbers were fitted. */
  readonly parameters: number;
  /** What was chosen, in words. */
  readonly settings: string;
}

/** How a simple model is fitted. */
export interface Rule {
  /** What it is, in a line. */
  readonly summary: string;
  /** @throws VrnnError `baseline/...` where it does not tell such data */
  fit(data: Dataset): FittedRule;
}

/**
 * @example
 * rules.var.fit(data).settings; // "order 2"
 */
export const rules = {
  var: {
    summary: "a vector autoregression by least squares, its order chosen on the validation split",
    fit: ({ columns, splits }) => {
      requireReal(columns);
      const model = fitVar(columns.map(asReal), splits.train, splits.valid);
      const { rows, columns: width } = model.coefficients;
      const parameters = rows * width + (width * (width + 1)) / 2;
      return { told: model, forecaster: varForecaster(model), parameters, settings: `order ${model.order}` };
    },
  },
  independent: {
    summary: "each column by itself, from the statistics of the training split",
    fit: ({ columns, splits }) => {
      const told = fitIndependent(columns, splits.train);
      return { told, forecaster: standing(told), parameters: told.parameters, settings: "" };
    },
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** The name of a simple model. */
export type RuleName = keyof typeof rules;

/** The names of all. */
export const ruleNames = Object.keys(rules) as readonly RuleName[];

/** The rule that stands beside whatever is compared: who does not beat it has learnt nothing. */
export const TRIVIAL: RuleName = "independent";

/** The same normal distributions of every step to come. */
const standing = ({ name, means, scales }: ReturnType<typeof fitIndependent>): Forecaster => ({
  name,
  forecast: (_, horizon) =>
    means.map((mean, d) =>
      normalPredictive(
        ahead(horizon, () => mean),
        ahead(horizon, () => scales[d]!),
      ),
    ),
});

/** @throws VrnnError `baseline/not-real` */
function requireReal(columns: readonly Column[]): void {
  const other = columns.find(({ kind }) => kind !== "real" && kind !== "quantised");
  if (other === undefined) return;
  throw new VrnnError(
    "baseline/not-real",
    `a vector autoregression tells real columns, and ${other.name} is ${other.kind}`,
    { remedy: `in a table that can be changed by --kind "${other.name}=real"` },
  );
}
