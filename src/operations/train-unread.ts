/** Options of training that would have no effect, and how that is told: few pages ask for any of them. */
import { type FamilyName, familyNames, loadFamily } from "../models/loading.ts";
import type { ObjectiveName } from "../objectives/loading.ts";
import { flagName, metaOf, shapeOf, usageError } from "../options.ts";
import type { DataSchema } from "../run/data-schema.ts";
import { type LearnerName, learnerReads } from "../train/learner-names.ts";
import { trainingOptions } from "../train/options.ts";
import type * as z from "../zod.ts";
import type { TrainingPlan } from "./training.ts";
import { objectiveFacts, objectiveNames, readersOf } from "./usual.ts";

/**
 * Refuses a learner that the family does not have, options that would have no effect, and labels that would not be learnt.
 *
 * @param keys the options of training that were said @param modelKeys those of the model
 * @throws VrnnError `usage/option`
 */
export async function refuseUnread(
  { family, training, schema }: Unfinished,
  keys: readonly string[],
  modelKeys: readonly string[],
): Promise<void> {
  const { learner, objective } = training;
  await requireLearner(family, learner);
  await refuseOfOtherLearners(family, learner, modelKeys);
  const reads = learnerReads[learner];
  if (reads === undefined) refuseOtherObjectives(objective, keys);
  else refuseOthers(learner, reads, keys);
  refuseUntold(objective, schema);
}

/** What cannot be said of a run that goes on. @throws VrnnError `usage/option` */
export function refuseBesideResume({ force, from, budget }: Partial<TrainingPlan>): void {
  if (budget !== undefined)
    throw usageError("option '--budget': a run that goes on keeps its settings", "leave it out");
  if (force) throw usageError("--resume and --force exclude each other", "leave one of them out");
  if (from !== undefined)
    throw usageError(
      "--resume and --from exclude each other: a run that goes on has weights of its own",
      "leave one of them out",
    );
}

/** What is to be trained, as it was asked for. */
type Unfinished = Pick<TrainingPlan, "family" | "training" | "schema">;

/** Refuses options that a learner does not read. */
function refuseOthers(learner: LearnerName, reads: readonly string[], keys: readonly string[]): void {
  const unread = keys.find((key) => !reads.includes(key));
  if (unread === undefined) return;
  const option = trainingFlag(unread);
  throw usageError(`option '${option}': the learner ${learner} does not read it`, "leave it out");
}

/** Refuses options of a model that another learner alone reads. */
async function refuseOfOtherLearners(
  family: FamilyName,
  learner: LearnerName,
  keys: readonly string[],
): Promise<void> {
  const shape = shapeOf((await loadFamily(family)).options);
  for (const key of keys) {
    const { flag = key, learner: own } = metaOf(shape[key] as z.ZodMiniType);
    if (own === undefined || own === learner) continue;
    throw usageError(
      `option '${flagName(flag)}': the learner ${learner} does not read it`,
      `add --learner ${own}, or leave it out`,
    );
  }
}

/** @throws VrnnError `usage/option` for a family whose models are not learnt so */
async function requireLearner(family: FamilyName, learner: LearnerName): Promise<void> {
  if ((await loadFamily(family)).learners.includes(learner)) return;
  const able: FamilyName[] = [];
  for (const name of familyNames) if ((await loadFamily(name)).learners.includes(learner)) able.push(name);
  throw usageError(
    `option '--learner': a ${family} is not learnt by ${learner}`,
    `leave it out, or choose ${able.map((name) => `--model ${name}`).join(" or ")}`,
  );
}

/** Refuses options that another objective reads. */
function refuseOtherObjectives(objective: ObjectiveName, keys: readonly string[]): void {
  for (const key of keys) {
    const readers = readersOf(key);
    if (readers.length === 0 || readers.includes(objective)) continue;
    throw usageError(
      `option '${trainingFlag(key)}': the objective ${objective} does not read it`,
      `${readers.join(" and ")} ${readers.length === 1 ? "does" : "do"}: leave it out, or choose with --objective`,
    );
  }
}

/** Refuses a label that the objective would not learn, and what is said of labels where there are none. */
function refuseUntold(
  objective: ObjectiveName,
  { label, labelPer }: Pick<DataSchema, "label" | "labelPer">,
): void {
  if (label === undefined && labelPer !== undefined)
    throw usageError("option '--label-per': no label is named", "name its column with --label");
  if (label === undefined || objectiveFacts[objective].needs === "labels") return;
  const able = objectiveNames.filter((name) => objectiveFacts[name].needs === "labels").join(" or ");
  throw usageError(
    `option '--label': the objective ${objective} learns no labels`,
    `choose --objective ${able}, or leave the column out with --drop ${label}`,
  );
}

/** What people call an option of training. */
const trainingFlag = (key: string): string =>
  flagName(metaOf(shapeOf(trainingOptions)[key] as z.ZodMiniType).flag ?? key);
