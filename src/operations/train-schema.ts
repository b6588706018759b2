/** How the options of training say to read the data. */
import { impliedKinds } from "../distributions/requests.ts";
import type { ModelOptions } from "../models/family.ts";
import type { RunConfig } from "../run/run-config.ts";

type Schema = RunConfig["data"]["schema"];

/** How the data are read: a distribution that is asked for a column says of what kind that is. */
export function schemaOf({
  model,
  schema,
}: {
  readonly model: ModelOptions;
  readonly schema: Schema;
}): Schema {
  const { emission } = model;
  const asked = Array.isArray(emission) ? impliedKinds(emission as readonly string[]) : {};
  const kinds = { ...asked, ...schema.kinds };
  return { ...schema, ...(Object.keys(kinds).length > 0 && { kinds }) };
}
