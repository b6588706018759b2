import type { ColumnKind } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { didYouMean } from "../words/nearest.ts";
import { bernoulli } from "./bernoulli.ts";
import { beta } from "./beta.ts";
import { bivariate } from "./bivariate.ts";
import { categorical } from "./categorical.ts";
import type { Family } from "./emission.ts";
import { gaussian } from "./gaussian.ts";
import { laplace } from "./laplace.ts";
import { logNormal } from "./log-normal.ts";
import { logistics } from "./logistics.ts";
import { logitNormal } from "./logit-normal.ts";
import { mixture } from "./mixture.ts";
import { negativeBinomial } from "./negative-binomial.ts";
import { persistent } from "./persistent.ts";
import { poisson } from "./poisson.ts";
import { randomWalk } from "./random-walk.ts";
import { studentT } from "./student-t.ts";
import { zeroInflated } from "./zero-inflated.ts";

/** A family with the kind of column that it is for. */
export interface FamilyEntry {
  readonly kind: ColumnKind;
  readonly family: Family;
}

/** Every output distribution by name, with the kind of column that it is for. */
export const families: Readonly<Record<string, FamilyEntry>> = {
  bernoulli: { kind: "binary", family: bernoulli },
  categorical: { kind: "categorical", family: categorical },
  gaussian: { kind: "real", family: gaussian },
  mixture: { kind: "real", family: mixture(3) },
  persistent: { kind: "real", family: persistent(3) },
  "random-walk": { kind: "real", family: randomWalk },
  "student-t": { kind: "real", family: studentT },
  "log-normal": { kind: "real", family: logNormal },
  laplace: { kind: "real", family: laplace },
  bivariate: { kind: "real", family: bivariate(10) },
  poisson: { kind: "count", family: poisson },
  "negative-binomial": { kind: "count", family: negativeBinomial },
  "zero-inflated-poisson": { kind: "count", family: zeroInflated(poisson, "shared") },
  "zero-inflated-negative-binomial": { kind: "count", family: zeroInflated(negativeBinomial, "shared") },
  beta: { kind: "proportion", family: beta },
  "logit-normal": { kind: "proportion", family: logitNormal },
  "zero-inflated-beta": { kind: "proportion", family: zeroInflated(beta, "apart") },
  logistics: { kind: "quantised", family: logistics(5) },
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
