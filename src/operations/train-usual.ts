/** Options that a family of models would have otherwise than usual. */
import type { UsualOptions } from "../models/family.ts";
import { flagName, metaOf, shapeOf } from "../options.ts";
import { type DataSchema, dataSchema } from "../run/data-schema.ts";
import type { TrainingOptions } from "../train/options.ts";
import type * as z from "../zod.ts";
import type { Given } from "./train-resumed.ts";
import { trainingOptions } from "./usual.ts";

/** What a family says of options that nobody says anything of. */
interface Usually {
  readonly schema: DataSchema;
  /** Complete. */
  readonly training: TrainingOptions;
  /** What of training stands at a value of the family's own, as a line to be told. */
  readonly words: string;
}

/** Options of reading and of training as a family would have them, where nobody says otherwise. */
export function usually({ schema = {}, training = {} }: UsualOptions, given: Given): Usually {
  const own = Object.entries(training).filter(([key]) => !Object.hasOwn(Object(given.training), key));
  const flags = own.map(([key, value]) => {
    const { flag = key } = metaOf(shapeOf(trainingOptions)[key] as z.ZodMiniType);
    return `${flagName(flag)} ${value}`;
  });
  return {
    schema: dataSchema.parse(schema),
    training: trainingOptions.parse({ ...training, ...given.training }),
    words: `trained, as usual of this model, by ${flags.join(" ")}`,
  };
}
