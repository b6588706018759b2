/** Options that a family of models would have otherwise than usual. */
import type { UsualOptions } from "../models/family.ts";
import type { ObjectiveName } from "../objectives/loading.ts";
import { flagName, metaOf, shapeOf } from "../options.ts";
import { type DataSchema, dataSchema } from "../run/data-schema.ts";
import type { TrainingOptions } from "../train/options.ts";
import type * as z from "../zod.ts";
import type { Given } from "./train-resumed.ts";
import { readersOf, trainingOptions } from "./usual.ts";

/** What a family says of options that nobody says anything of. */
interface Usually {
  readonly schema: DataSchema;
  /** Complete. */
  readonly training: TrainingOptions;
  /** What of training stands at a value of the family's own, as a line to be told; undefined where nothing does. */
  readonly words: string | undefined;
}

/** Options of reading and of training as a family would have them, where nobody says otherwise. */
export function usually({ schema = {}, training = {} }: UsualOptions, given: Given): Usually {
  const said = Object(given.training) as Readonly<Record<string, unknown>>;
  const objective = (said["objective"] ?? training["objective"] ?? "elbo") as ObjectiveName;
  const isRead = (key: string) => readersOf(key).length === 0 || readersOf(key).includes(objective);
  const own = Object.entries(training).filter(([key]) => !Object.hasOwn(said, key) && isRead(key));
  const flags = own.map(([key, value]) => {
    const { flag = key } = metaOf(shapeOf(trainingOptions)[key] as z.ZodMiniType);
    return `${flagName(flag)} ${toldAs(value)}`;
  });
  return {
    schema: dataSchema.parse(schema),
    training: trainingOptions.parse({ ...Object.fromEntries(own), ...given.training }),
    words: flags.length > 0 ? `trained, as usual of this model, by ${flags.join(" ")}` : undefined,
  };
}

/** A value as it is written behind its option: pairs by their names. */
const toldAs = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? Object.entries(value)
        .map(([name, own]) => `${name}=${own}`)
        .join(" ")
    : String(value);
