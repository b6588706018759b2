/** What inputs and outputs of exported graphs mean, for whoever opens a file without the manual. */
import { givenNames, nextNames, stateNames } from "../names.ts";

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
  token: "the id of the token that is taken in",
  mask: "1 where there is a token, 0 beyond the end of a text",
  source: "the ids of what is read, 0 beyond its end",
  lengths: "how many tokens each text has, the end sign among them",
  grams: "the hashed n-grams of each text, in any order",
  "grams.mask": "1 where there is an n-gram",
  "noise.next": "the same for the token to come: feed it as noise with the next token",
  log_prob: "log-probability of each token of the vocabulary to come next",
  label_log_prob: "log-probability of each label",
  latent: "posterior mean of the latent variables",
  latent_scale: "posterior standard deviation of the latent variables",
};

/** @example meaningOf("state.h.next") // "the state after the last step: feed it as state.h to go on" */
export function meaningOf(name: string): string {
  if (givenNames.within(name) !== undefined) return "what was made of the source: feed it to each step";
  const before = nextNames.within(name);
  if (stateNames.within(before ?? name) === undefined) return meanings[name] ?? "";
  return before === undefined
    ? "the state before the first step; zeros to begin"
    : `the state after the last step: feed it as ${before} to go on`;
}
