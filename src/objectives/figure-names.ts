import { VrnnError } from "../errors.ts";
import type { CountName, Objective } from "./objective.ts";

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
 * Refuses figures by whose names something else is told. Names with dots are those of states and running means.
 *
 * @throws VrnnError `objective/name`
 */
export function requireOwnNames({ figures }: Objective): void {
  const name = Object.keys(figures).find((each) => Object.hasOwn(taken, each) || each.includes("."));
  if (name === undefined) return;
  const remedy = `choose a name without dots, and none of ${Object.keys(taken).join(", ")}`;
  throw new VrnnError("objective/name", `the figure "${name}" has a name that is taken`, { remedy });
}
