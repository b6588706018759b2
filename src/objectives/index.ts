import {
  hasBound,
  loadObjective,
  type ObjectiveFacts,
  type ObjectiveName,
  objectiveFacts,
  objectiveNames,
  withBound,
} from "./loading.ts";
import type { ObjectiveWithBound } from "./objective.ts";
import { weightedSum } from "./weighted-sum.ts";

/** An objective with its options. */
export interface ObjectiveRow extends ObjectiveFacts {
  /** @param options its own among any; those that are left out stand at their defaults */
  create(options: unknown): ObjectiveWithBound;
}

async function rowOf(name: ObjectiveName): Promise<ObjectiveRow> {
  const make = await loadObjective(name);
  const create = (options: unknown) => {
    const objective = make(options);
    return hasBound(objective) ? objective : withBound(objective, weightedSum);
  };
  return { ...objectiveFacts[name], create };
}

/**
 * Every objective by its name, all at once. Training loads the one that it is asked for.
 *
 * @example
 * objectives.fivo.create({ particles: 8 }).particles; // { particles: 8, resampling: "systematic" }
 */
export const objectives = Object.fromEntries(
  // Of the table that loads one at a time, so that an objective has one row.
  await Promise.all(objectiveNames.map(async (name) => [name, await rowOf(name)])),
) as Readonly<Record<ObjectiveName, ObjectiveRow>>;
