/** What an option does: it says so itself, or, where pages load it too, the command line does. */
import { vrnnOptions } from "../models/vrnn/family.ts";
import { lookingAtFrames } from "../operations/detecting.ts";
import { sampleInput } from "../operations/sample-input.ts";
import { trainFlags } from "../operations/train.ts";
import { watchOptions } from "../operations/watch-options.ts";
import { metaOf, shapeOf } from "../options.ts";
import { dataSchema } from "../run/data-schema.ts";
import { trainingOptions } from "../train/options.ts";
import * as z from "../zod.ts";
import { readingHelp } from "./reading-help.ts";
import { sampleHelp } from "./sample-help.ts";
import { trainHelp } from "./train-help.ts";
import { trainingHelp } from "./training-help.ts";
import { vrnnHelp } from "./vrnn-help.ts";
import { watchHelp } from "./watch-help.ts";

/** The parts of a schema with what is said of each by its name. */
const told = (schema: z.core.$ZodType, help: Readonly<Record<string, string>>) =>
  Object.entries(shapeOf(schema)).flatMap(([name, part]) => {
    const line = help[name];
    return line === undefined ? [] : [[part, line] as const];
  });

const helps = new Map<z.core.$ZodType, string>([
  ...told(z.object(trainFlags), trainHelp),
  ...told(dataSchema, readingHelp),
  ...told(trainingOptions, trainingHelp),
  ...told(vrnnOptions, vrnnHelp),
  ...told(sampleInput, sampleHelp),
  ...told(z.object({ ...watchOptions, ...lookingAtFrames }), watchHelp),
]);

/** What an option does, in a line. */
export const helpOf = (option: z.core.$ZodType): string => metaOf(option).help ?? helps.get(option) ?? "";
