/** An operation as a command of `vrnn`. */
import type { Command } from "commander";
import { VrnnError } from "../errors.ts";
import type { InputSchema, Operation, Variants } from "../operations/operation.ts";
import { checked, flagName, metaOf, usageError } from "../options.ts";
import { RunFolder } from "../run/folder.ts";
import * as z from "../zod.ts";
import { type CommandEntry, subjects } from "./commands.ts";
import { dataChoice } from "./data-choice.ts";
import { Options, wordAfter } from "./options.ts";
import { perform } from "./perform.ts";

/** What belongs to no operation over sequences. */
const noChoice = z.strictObject({});

/**
 * Declares the argument and the options of an operation, and what is done when it is called.
 *
 * @param words what the user typed: one of them may decide what the options are.
 */
export async function defineCommand(
  command: Command,
  { subject, further, load, listed }: CommandEntry,
  words: readonly string[],
): Promise<void> {
  const operation = await load();
  const input = await inputOf(operation, words);
  const [choice, options] = [
    new Options(subject === "sequences" ? dataChoice : noChoice),
    new Options(input),
  ];
  const about = subjects[subject];
  for (const named of [about, further]) if (named !== undefined) command.argument(named.argument, named.help);
  choice.declare(command);
  options.declare(command, await listed?.({ words: options.said(words), path: pathIn(words) }));
  const isTable = operation.output === "table";
  if (operation.output !== "answers")
    command.option("--json", `print one JSON object on stdout${isTable ? "; needs --out" : ""}`);
  command.action(async () => {
    // Operations that answer line by line have a --json of their own, if any.
    const isJson = operation.output !== "answers" && command.getOptionValue("json") === true;
    const given = options.given(command);
    if (isTable && isJson && given["out"] === undefined)
      throw usageError("--json leaves no place for the table", "say where it goes with --out");
    const [path, ...more] = command.args;
    const call = {
      given,
      input: checked(input, given, options.refused),
      path,
      more,
      choice: checked(dataChoice, choice.given(command), choice.refused),
      isJson,
    };
    refuseRunAsData(subject === "data" && given["resume"] === undefined ? command.args : []);
    refuseRunAsData(call.choice.data === undefined ? [] : [call.choice.data]);
    const { read, written } = options.paths(call.input);
    const reads = [...command.args, ...choice.paths(call.choice).read, ...read];
    if (written.length > 0) (await import("./outputs.ts")).checkOutputs(written, reads);
    await perform(operation, { ...call, reads });
  });
}

/** @throws VrnnError `data/run` for a run in the place of data */
function refuseRunAsData(paths: readonly string[]): void {
  const run = paths.find((path) => RunFolder.isRun(path));
  if (run === undefined) return;
  throw new VrnnError("data/run", "this is the folder of a run, and data are wanted here", {
    at: run,
    remedy: `name the data; vrnn train --resume ${run} goes on with the run`,
  });
}

/** What the operation wants to be told, given the words that decide it. */
async function inputOf({ input, variants }: Operation, words: readonly string[]): Promise<InputSchema> {
  const chosen: Record<string, string> = {};
  let schema = input;
  for (const key of variants?.keys ?? []) {
    const flag = flagName(metaOf(schema.shape[key] as z.core.$ZodType).flag ?? "");
    const word = wordAfter(flag, words);
    if (word === undefined) continue;
    chosen[key] = word;
    schema = await tried(flag, () => (variants as Variants).inputOf(chosen));
  }
  return schema;
}

/** Does what a wrong word makes fail, and tells that by the option's name. */
async function tried<Value>(flag: string, make: () => Promise<Value>): Promise<Value> {
  try {
    return await make();
  } catch (cause) {
    throw usageError(`option '${flag}': ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** What stands first after the name of the command, unless it is an option. */
const pathIn = ([, path]: readonly string[]): string | undefined =>
  path === undefined || path.startsWith("-") ? undefined : path;
