import { VrnnError } from "../errors.ts";
import { counted, type Objective } from "./objective.ts";

/** What stands beside an objective's figures where they are computed and told. */
const taken: ReadonlySet<string> = new Set([...counted, "loss", "gradient", "natsPerStep"]);

/**
 * Refuses figures by whose names something else is told. Names with dots are those of states and running means.
 *
 * @throws VrnnError `objective/name`
 */
export function requireOwnNames({ figures }: Objective): void {
  const name = Object.keys(figures).find((each) => taken.has(each) || each.includes("."));
  if (name === undefined) return;
  const remedy = `choose a name without dots, and none of ${[...taken].join(", ")}`;
  throw new VrnnError("objective/name", `the figure "${name}" has a name that is taken`, { remedy });
}
