/** What inputs and outputs of exported graphs mean, for whoever opens a file without the manual. */
import { nextNames, stateNames } from "../names.ts";

const meanings: Readonly<Record<string, string>> = {
  x: "values in the units of the data, a level as its index; NaN is missing",
  condition: "what is known beside the data, in its units; NaN is not given",
  noise: "standard normal numbers, from which the latent variables are drawn; 0 takes their mean",
  uniform: "uniform numbers above 0 and below 1, for drawing values",
  normal: "standard normal numbers, for drawing values",
  temperature: "1 is the model's own spread, less is tamer",
  total: "lower bound of the log-likelihood of the step in nats: the sum of log_likelihood less kl",
  log_likelihood: "log-likelihood of each entry in nats; 0 where it is missing",
  kl: "divergence of the posterior from the prior in nats",
  expected:
    "expected value of each column given the latent variables, in its unit: the probability of 1 of a binary one, the index of the likeliest level of a categorical one",
  latent: "posterior mean of the latent variables",
  latent_scale: "posterior standard deviation of the latent variables",
};

/** @example meaningOf("state.h.next") // "the state after the last step: feed it as state.h to go on" */
export function meaningOf(name: string): string {
  const before = nextNames.within(name);
  if (stateNames.within(before ?? name) === undefined) return meanings[name] ?? "";
  return before === undefined
    ? "the state before the first step; zeros to begin"
    : `the state after the last step: feed it as ${before} to go on`;
}
