import { metaOf, option } from "../options.ts";
import type * as z from "../zod.ts";
import { type ObjectiveName, objectiveFacts, objectiveNames, readersOf } from "./loading.ts";

/** Of the options of one row or another those of all: A | B becomes A & B. */
export type Together<Options> = (Options extends unknown ? (options: Options) => void : never) extends (
  options: infer All,
) => void
  ? All
  : never;

type ObjectiveOptions = Together<(typeof objectiveFacts)[ObjectiveName]["options"]>;

/**
 * The options of all objectives, each once and in the order of their table: what training may be told of what it makes
 * small. The help of an option begins with those that read it.
 *
 * @example
 * metaOf(objectiveOptions.particles).help; // "of iwae and fivo: particles that each sequence is followed by"
 */
export const objectiveOptions = Object.fromEntries(
  objectiveNames
    .flatMap((name): [string, z.ZodMiniType][] => Object.entries(objectiveFacts[name].options))
    .map(([key, schema]) => [key, withReaders(key, schema)]),
) as ObjectiveOptions;

function withReaders(key: string, schema: z.ZodMiniType): z.ZodMiniType {
  const { help = "", ...metadata } = metaOf(schema);
  return option(schema, { ...metadata, help: `of ${readersOf(key).join(" and ")}: ${help}` });
}
