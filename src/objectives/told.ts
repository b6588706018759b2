import { VrnnError } from "../errors.ts";
import type { CountName, Objective, Terms } from "./objective.ts";

/** What stands beside an objective's figures where they are computed and told. */
const taken = {
  observedSteps: true,
  steps: true,
  sequences: true,
  labelled: true,
  loss: true,
  gradient: true,
  natsPerStep: true,
} as const satisfies Readonly<Record<CountName | "loss" | "gradient" | "natsPerStep", true>>;

/**
 * Refuses a figure by whose name something else is told. Names with dots are those of states and running means.
 *
 * @throws VrnnError `objective/name`
 */
export function requireOwnNames({ figures }: Objective): void {
  const name = Object.keys(figures).find((each) => Object.hasOwn(taken, each) || each.includes("."));
  if (name === undefined) return;
  throw new VrnnError("objective/name", `the figure "${name}" has a name that is taken`, {
    at: "objective",
    remedy: `choose a name without dots, and none of ${Object.keys(taken).join(", ")}`,
  });
}

/**
 * Refuses figures and running means that an objective declares and does not give.
 *
 * @throws VrnnError `objective/untold`
 */
export function requireTold({ figures, running = {} }: Objective, terms: Terms): void {
  const given = { ...terms.running, ...terms.figures };
  const untold = Object.keys({ ...figures, ...running }).find((each) => !Object.hasOwn(given, each));
  if (untold === undefined) return;
  throw new VrnnError("objective/untold", `the objective declares "${untold}", and its terms have none`, {
    at: "objective",
    remedy: "give it by that name, or do not declare it",
  });
}
