/** By which bounds data can be told, however a model was trained. */
import { type ObjectiveName, objectiveFacts, objectiveNames, readersOf } from "./loading.ts";
import { objectiveOptions, type Together } from "./options.ts";

type Facts = typeof objectiveFacts;

/** The name of a bound that particles give. */
type ParticleBound = {
  [Name in ObjectiveName]: Facts[Name]["options"] extends { readonly particles: unknown } ? Name : never;
}[ObjectiveName];

/** The options of bounds that particles give: those by which data can be evaluated, however a model was trained. */
export const particleOptions = Object.fromEntries(
  Object.entries(objectiveOptions).filter(([key]) =>
    readersOf(key).some((name) => Object.hasOwn(objectiveFacts[name].options, "particles")),
  ),
) as Together<Facts[ParticleBound]["options"]>;

/** The objectives that are bounds: of each other objective one of these is told. */
export const boundNames = objectiveNames.filter((name) => objectiveFacts[name].bound === name) as [
  ObjectiveName,
  ...ObjectiveName[],
];
