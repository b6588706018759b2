import type { ColumnKind } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { didYouMean } from "../words/nearest.ts";
import { bernoulli } from "./bernoulli.ts";
import { categorical } from "./categorical.ts";
import type { Family } from "./emission.ts";
import { gaussian } from "./gaussian.ts";
import { rareFor } from "./loaded.ts";
import type { outputs } from "./rare.ts";

/** A family with the kind of column that it is for. */
export interface FamilyEntry {
  readonly kind: ColumnKind;
  readonly family: Family;
}

/** One that is loaded when a model asks for it. */
const rare =
  (name: keyof typeof outputs): Family =>
  (columns) =>
    rareFor(name).outputs[name](columns);

/** Every output distribution by name, with the kind of column that it is for. */
export const families: Readonly<Record<string, FamilyEntry>> = {
  bernoulli: { kind: "binary", family: bernoulli },
  nade: { kind: "binary", family: rare("nade") },
  categorical: { kind: "categorical", family: categorical },
  gaussian: { kind: "real", family: gaussian },
  mixture: { kind: "real", family: rare("mixture") },
  persistent: { kind: "real", family: rare("persistent") },
  "random-walk": { kind: "real", family: rare("random-walk") },
  "student-t": { kind: "real", family: rare("student-t") },
  "log-normal": { kind: "real", family: rare("log-normal") },
  laplace: { kind: "real", family: rare("laplace") },
  bivariate: { kind: "real", family: rare("bivariate") },
  full: { kind: "real", family: rare("full") },
  gmm: { kind: "real", family: rare("gmm") },
  "gmm-20": { kind: "real", family: rare("gmm-20") },
  poisson: { kind: "count", family: rare("poisson") },
  "negative-binomial": { kind: "count", family: rare("negative-binomial") },
  "zero-inflated-poisson": { kind: "count", family: rare("zero-inflated-poisson") },
  "zero-inflated-negative-binomial": { kind: "count", family: rare("zero-inflated-negative-binomial") },
  beta: { kind: "proportion", family: rare("beta") },
  "logit-normal": { kind: "proportion", family: rare("logit-normal") },
  "zero-inflated-beta": { kind: "proportion", family: rare("zero-inflated-beta") },
  logistics: { kind: "quantised", family: rare("logistics") },
};

/** What a kind of column gets unless another is asked for. */
export const defaultFamily: Readonly<Record<ColumnKind, string>> = {
  real: "gaussian",
  binary: "bernoulli",
  categorical: "categorical",
  count: "poisson",
  proportion: "beta",
  quantised: "logistics",
};

/** @throws VrnnError `distribution/unknown`, which names the nearest, or all. */
export function familyOf(name: string): FamilyEntry {
  if (Object.hasOwn(families, name)) return families[name] as FamilyEntry;
  const remedy = didYouMean(name, Object.keys(families), { shown: String });
  throw new VrnnError("distribution/unknown", `no output distribution is called ${name}`, { remedy });
}
