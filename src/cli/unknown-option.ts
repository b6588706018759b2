/** What an option belongs to that a command does not know: another model, another command. */
import { CommanderError } from "commander";
import type { OperationEntry } from "../operations/index.ts";
import type { InputSchema, Operation, Variants } from "../operations/operation.ts";
import { flagName, metaOf, shapeOf, usageError } from "../options.ts";
import { listed } from "../words/figures.ts";
import type * as z from "../zod.ts";
import { dataChoice } from "./data-choice.ts";
import { enumWords, Options } from "./options.ts";

/** So many owners are named. */
const MOST_NAMED = 4;

/**
 * The error itself, or, of an option that the command does not know and others do, one that says who does.
 *
 * @param words what the user typed
 */
export async function explained(
  error: unknown,
  commands: Readonly<Record<string, OperationEntry>>,
  words: readonly string[],
): Promise<unknown> {
  const flag = unknownFlag(error);
  const name = words.find((word) => Object.hasOwn(commands, word));
  if (flag === undefined || name === undefined) return error;
  const owners = await ownersOf(flag, name, commands);
  if (owners.length === 0) return error;
  return usageError(`unknown option '${flag}'`, `${flag} is an option of ${listed(owners, MOST_NAMED)}`);
}

/** "error: unknown option '--states=3'" → "--states" */
function unknownFlag(error: unknown): string | undefined {
  if (!(error instanceof CommanderError) || error.code !== "commander.unknownOption") return undefined;
  return /'(--[^=']+)/.exec(error.message)?.[1];
}

/** Those of the same command come first, and alone where there are some. */
async function ownersOf(
  flag: string,
  name: string,
  commands: Readonly<Record<string, OperationEntry>>,
): Promise<string[]> {
  const own = await variantsKnowing(flag, commands[name] as OperationEntry);
  if (own.length > 0) return own;
  const others = await Promise.all(
    Object.entries(commands).map(async ([other, entry]) => {
      if (await isUsual(flag, entry)) return [`vrnn ${other}`];
      return (await variantsKnowing(flag, entry)).map((variant) => `vrnn ${other} ${variant}`);
    }),
  );
  return others.flat();
}

/** Whether a command knows an option whatever else is said. */
async function isUsual(flag: string, { load, subject }: OperationEntry): Promise<boolean> {
  const { input } = await load();
  return [input, ...(subject === "sequences" ? [dataChoice] : [])].some((each) =>
    new Options(each).knows(flag),
  );
}

/** The choices under which a command knows an option: "--model hmm". */
async function variantsKnowing(flag: string, { load }: OperationEntry): Promise<string[]> {
  const all = await variantsOf(await load());
  return all.filter(([, input]) => new Options(input).knows(flag)).map(([variant]) => variant);
}

/** What an operation wants to be told under each choice of what decides that: "--model hmm" and its input. */
async function variantsOf({ input, variants }: Operation): Promise<(readonly [string, InputSchema])[]> {
  const all: (readonly [string, InputSchema])[] = [];
  for (const key of variants?.keys ?? []) {
    const schema = shapeOf(input)[key] as z.core.$ZodType;
    for (const value of enumWords(schema))
      all.push([
        `${flagName(metaOf(schema).flag ?? key)} ${value}`,
        await (variants as Variants).inputOf({ [key]: value }),
      ]);
  }
  return all;
}
