import { VrnnError } from "../errors.ts";
import type { CountName, Fed, Objective, Term, Terms } from "./objective.ts";

/** What stands beside an objective's figures and scalars where they are computed, fed and told. */
const taken = {
  observedSteps: true,
  steps: true,
  sequences: true,
  labelled: true,
  loss: true,
  gradient: true,
  natsPerStep: true,
  parameters: true,
  x: true,
  mask: true,
  noise: true,
  condition: true,
} as const satisfies Readonly<Record<CountName, true>> & Readonly<Record<string, true>>;

/**
 * Refuses a figure or scalar by whose name something else is told or fed, and a choice by no figure. Names with dots are
 * those of states, running means and what else is fed.
 *
 * @throws VrnnError `objective/name`, `objective/select`
 */
export function requireOwnNames(objective: Objective): void {
  const [figures, scalars] = [Object.keys(objective.figures), Object.keys(objective.schedule(0))];
  const isTaken = (name: string) => Object.hasOwn(taken, name) || name.includes(".");
  const [figure, scalar] = [figures.find(isTaken), scalars.find(isTaken)];
  if (figure !== undefined) throw nameTaken(`the figure "${figure}"`);
  if (scalar !== undefined) throw nameTaken(`the scalar "${scalar}"`);
  const both = scalars.find((name) => Object.hasOwn(objective.figures, name));
  if (both !== undefined) throw nameTaken(`the scalar "${both}", as a figure is called,`);
  const { select } = objective;
  if (select === undefined || Object.hasOwn(objective.figures, select.figure)) return;
  const fault = `the best epoch is to be chosen by "${select.figure}", which is none of the objective's figures`;
  throw new VrnnError("objective/select", fault, {
    at: "objective",
    remedy: `declare it, or choose by one of ${figures.join(", ")}`,
  });
}

const nameTaken = (what: string): VrnnError =>
  new VrnnError("objective/name", `${what} has a name that is taken`, {
    at: "objective",
    remedy: `choose a name without dots that nothing else of the objective has, and none of ${Object.keys(taken).join(", ")}`,
  });

/**
 * What an objective is fed, by the names that it declares.
 *
 * @returns what throws VrnnError `objective/undeclared` for any other name
 */
export function declaredOf(objective: Objective, fed: Fed): Fed {
  const scalars = objective.schedule(0);
  const { running = {} } = objective;
  return {
    scalar: (name) => {
      if (!Object.hasOwn(scalars, name)) throw undeclared("scalar", name, "schedule");
      return fed.scalar(name);
    },
    running: (name) => {
      if (!Object.hasOwn(running, name)) throw undeclared("running mean", name, "running");
      return fed.running(name);
    },
  };
}

const undeclared = (what: string, name: string, by: "schedule" | "running"): VrnnError =>
  new VrnnError(
    "objective/undeclared",
    `the objective reads the ${what} "${name}", which it does not declare`,
    {
      at: "objective",
      remedy: `give "${name}" by its ${by}, or do not read it`,
    },
  );

/**
 * Refuses a loss of which nothing counts.
 *
 * @throws VrnnError `objective/loss`
 */
export function requireLoss(loss: readonly Term[]): void {
  if (loss.some(({ weight }) => weight !== 0)) return;
  throw new VrnnError(
    "objective/loss",
    "the objective's loss has no term that counts: nothing would be learnt",
    {
      at: "objective",
      remedy: "give a term by its terms' loss, of a weight other than 0",
    },
  );
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
