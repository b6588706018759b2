/** The distributions that few models ask for, which a page loads all at once when one does (`loaded.ts`). */
import { beta } from "./beta.ts";
import { bivariate } from "./bivariate.ts";
import type { Family } from "./emission.ts";
import { full } from "./full.ts";
import { gmm } from "./gmm.ts";
import { laplace } from "./laplace.ts";
import { laplaceFamily } from "./latent/laplace.ts";
import { studentTFamily } from "./latent/student-t.ts";
import { logNormal } from "./log-normal.ts";
import { logistics } from "./logistics.ts";
import { logitNormal } from "./logit-normal.ts";
import { mixture } from "./mixture.ts";
import { nade } from "./nade.ts";
import { negativeBinomial } from "./negative-binomial.ts";
import { persistent } from "./persistent.ts";
import { poisson } from "./poisson.ts";
import { randomWalk } from "./random-walk.ts";
import { studentT } from "./student-t.ts";
import { zeroInflated } from "./zero-inflated.ts";

/** Output distributions by name. */
export const outputs = {
  mixture: mixture(3),
  persistent: persistent(3),
  "random-walk": randomWalk,
  "student-t": studentT,
  "log-normal": logNormal,
  laplace,
  bivariate: bivariate(10),
  full,
  gmm: gmm(5),
  "gmm-20": gmm(20),
  nade: nade(100),
  poisson,
  "negative-binomial": negativeBinomial,
  "zero-inflated-poisson": zeroInflated(poisson, "shared"),
  "zero-inflated-negative-binomial": zeroInflated(negativeBinomial, "shared"),
  beta,
  "logit-normal": logitNormal,
  "zero-inflated-beta": zeroInflated(beta, "apart"),
  logistics: logistics(5),
} as const satisfies Record<string, Family>;

/** Families of latent variables by name. */
export const latents = { "student-t": studentTFamily(), laplace: laplaceFamily } as const;

/** Families around what was seen before. */
export { centred } from "./centred.ts";
