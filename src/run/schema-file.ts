/** What is inferred of data, as a file that people edit and that says how data are read. */

import { columnKinds, type Dataset } from "../data/dataset.ts";
import { readConditions } from "../data/derived/derived-column.ts";
import { VrnnError } from "../errors.ts";
import { checked } from "../options.ts";
import * as z from "../zod.ts";
import { type DataSchema, dataSchema, name } from "./data-schema.ts";

/** What a column is to a model. */
const roles = ["target", "covariate", "static", "label", "left out"] as const;

const column = z.strictObject({
  name,
  role: z.enum(roles),
  kind: z.optional(z.enum(columnKinds)),
  resolution: z.optional(z.number().check(z.minimum(0))),
  /** What was seen of it, for people: nothing is read of that. */
  seen: z.optional(z.record(z.string(), z.unknown())),
});

/** A file of a schema. */
const schemaFile = z.strictObject({
  columns: z.array(column),
  time: z.optional(name),
  sequence: z.optional(name),
  /** Further options of reading, by the names that they have in the configuration of a run. */
  reading: z.optional(dataSchema),
  seen: z.optional(z.record(z.string(), z.unknown())),
});

/** What a file of a schema holds. */
export type SchemaFile = z.output<typeof schemaFile>;

/**
 * The file that says how these data are read.
 *
 * @param schema what was said of reading them
 */
export function schemaFileOf(
  { columns, conditions = [], label, time }: Dataset,
  schema: DataSchema,
  seen: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): SchemaFile {
  const {
    kinds,
    drop = [],
    only,
    time: _,
    sequence,
    statics,
    covariates,
    label: __,
    resolution,
    ...reading
  } = schema;
  const of = (role: (typeof roles)[number]) => (each: Dataset["columns"][number]) => ({
    ...{ name: each.name, role, kind: each.kind },
    ...(each.resolution > 0 && { resolution: each.resolution }),
    ...(seen[each.name] && { seen: seen[each.name] }),
  });
  return {
    ...(time && { time: time.name }),
    ...(sequence !== undefined && { sequence }),
    columns: [
      ...columns.map(of("target")),
      // What is made of the data themselves is made again, as the reading says.
      ...readConditions(conditions).map((each) => of(each.role)(each)),
      ...(label === undefined ? [] : [{ name: label.name, role: "label" as const }]),
      ...drop.map((left) => ({ name: left, role: "left out" as const })),
    ],
    ...(Object.keys(reading).length > 0 && { reading }),
  };
}

/**
 * How data are read by the content of a file; columns that it does not name are left out.
 *
 * @throws VrnnError `data/schema` in one line, for what is no such file or names no column to model
 */
export function dataSchemaOf(content: unknown, at: string): DataSchema {
  const {
    columns,
    time,
    sequence,
    reading = {},
  } = checked(schemaFile, content, ({ message, path }) =>
    refused(`${path.length > 0 ? `${path.join(".")}: ` : ""}${message}`, at),
  );
  const of = (role: (typeof roles)[number]) =>
    columns.filter((each) => each.role === role).map((each) => each.name);
  const twice = columns.find((each, i) => columns.findIndex((other) => other.name === each.name) < i);
  if (twice !== undefined) throw refused(`it names the column "${twice.name}" twice`, at);
  if (of("target").length === 0)
    throw refused("it names no column to model", at, 'give one the role "target"');
  const [label, ...labels] = of("label");
  if (labels.length > 0) throw refused(`it has ${labels.length + 1} labels`, at, "leave one");
  const kinds = columns.filter(
    (each) => each.kind !== undefined && each.role !== "label" && each.role !== "left out",
  );
  const grids = kinds.filter(({ resolution }) => resolution !== undefined);
  return {
    ...reading,
    ...(time !== undefined && { time }),
    ...(sequence !== undefined && { sequence }),
    ...(label !== undefined && { label }),
    only: of("target"),
    kinds: Object.fromEntries(kinds.map((each) => [each.name, each.kind!])),
    ...(grids.length > 0 && {
      resolution: Object.fromEntries(grids.map((each) => [each.name, each.resolution!])),
    }),
    ...(of("static").length > 0 && { statics: of("static") }),
    ...(of("covariate").length > 0 && { covariates: of("covariate") }),
  };
}

const refused = (
  what: string,
  at: string,
  remedy = "make one with vrnn inspect <data> --schema <file>",
): VrnnError => new VrnnError("data/schema", what, { at, remedy });
