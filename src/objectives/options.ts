import { type ObjectiveName, objectiveFacts, objectiveNames } from "./loading.ts";

/** Of the options of one row or another those of all: A | B becomes A & B. */
export type Together<Options> = (Options extends unknown ? (options: Options) => void : never) extends (
  options: infer All,
) => void
  ? All
  : never;

type ObjectiveOptions = Together<(typeof objectiveFacts)[ObjectiveName]["options"]>;

/**
 * The options of all objectives, each once and in the order of their table: what training may be told of what it makes
 * small. What each does is said by `cli/training-help.ts`.
 *
 * @example
 * metaOf(objectiveOptions.particles).flag; // "--particles <count>"
 */
export const objectiveOptions: ObjectiveOptions = Object.assign(
  {},
  ...objectiveNames.map((name) => objectiveFacts[name].options),
);
