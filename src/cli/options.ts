/** The options of a command, derived from a schema and its metadata. */
import { type Command, Option } from "commander";
import { readDays } from "../data/files-days.ts";
import type { Choices } from "../operations/operation.ts";
import { bare, flagName, metaOf, type Refusal, shapeOf, usageError, type Written } from "../options.ts";
import * as z from "../zod.ts";
import { helpOf } from "./help.ts";
import type { Listed } from "./listed.ts";
import { decimal, decimals, list, oneOf, pairs, wholeNumber } from "./parse.ts";

/** An option and the place of its value in the input. */
interface Field {
  readonly path: readonly string[];
  readonly metadata: z.core.GlobalMeta;
  readonly option: Option;
  /** The option that turns it off, where it has one beside, and the value that stands for that. */
  readonly off?: { readonly option: Option; readonly value: string };
}

/** Something that is written, as an option names it. */
export interface WrittenPath {
  readonly path: string;
  readonly writes: Written;
  /** How the name of what is written there ends; absent: that says nothing. */
  readonly ending?: string | undefined;
}

/** What the options of a command name. */
export interface NamedPaths {
  readonly read: readonly string[];
  readonly written: readonly WrittenPath[];
}

/** Reads the text of an option, given what an earlier one of the same name said. */
type Reader = (text: string, before: never) => unknown;

type Schema = z.core.$ZodType;

/** The options that stand for the parts of an input. */
export class Options {
  private readonly fields: readonly Field[];

  constructor(input: z.ZodMiniObject) {
    this.fields = fieldsOf(input, []);
  }

  /** What words say of them, by the last part of the way to each; nothing is checked. */
  said(words: readonly string[]): Choices {
    return Object.fromEntries(
      this.fields.map(({ path, option }) => [path.at(-1), option.long && wordAfter(option.long, words)]),
    );
  }

  /** Adds them to a command. @param isListed which of them its help shows; all unless told */
  declare(command: Command, isListed: Listed = () => true): void {
    for (const { path, metadata, option, off } of this.fields) {
      const isShown = isListed(path, metadata);
      for (const each of [option, off?.option]) each?.hideHelp(!isShown);
      command.addOption(option);
      if (off) command.addOption(off.option);
    }
  }

  /** What the user said, as an input; nothing is filled in. */
  given(command: Command): Record<string, unknown> {
    const given: Record<string, unknown> = {};
    for (const { path, option, off } of this.fields) {
      const name = option.attributeName();
      if (command.getOptionValueSource(name) !== "cli") continue;
      const told = command.getOptionValue(name);
      const value = option.optional && told === true ? "" : told; // given without a value
      place(given, path, off !== undefined && value === false ? off.value : value);
    }
    return given;
  }

  /** Whether one of them is called so: `--hidden`. */
  knows(flag: string): boolean {
    return this.fields.some(({ option, off }) =>
      [option, off?.option].some((each) => each?.short === flag || each?.long === flag),
    );
  }

  /** The paths that an input names, by what the options say of themselves. */
  paths(input: Readonly<Record<string, unknown>>): NamedPaths {
    const read: string[] = [];
    const written: WrittenPath[] = [];
    for (const { path: place, metadata } of this.fields) {
      const { reads = false, writes, ending } = metadata;
      const path = valueAt(input, place);
      if (typeof path !== "string") continue;
      if (reads) read.push(path);
      if (writes !== undefined) written.push({ path, writes, ending });
    }
    return { read, written };
  }

  /** The error of a value that the schema refused, by the name of its option. */
  readonly refused = ({ message, path }: Refusal) => {
    const field = this.fields.find((each) => each.path.every((part, i) => part === path[i]));
    return usageError(`option '${field?.option.long ?? path.join(".")}': ${message}`);
  };
}

/** "--model srnn" and "--model=srnn" → "srnn" */
export function wordAfter(flag: string, words: readonly string[]): string | undefined {
  const joined = words.find((word) => word.startsWith(`${flag}=`));
  const at = words.indexOf(flag);
  return joined?.slice(flag.length + 1) ?? (at < 0 ? undefined : words[at + 1]);
}

function place(object: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): void {
  const name = key as string;
  if (rest.length === 0) {
    object[name] = value;
    return;
  }
  object[name] ??= {};
  place(object[name] as Record<string, unknown>, rest, value);
}

const valueAt = (input: unknown, path: readonly string[]): unknown =>
  path.reduce((value: unknown, key) => (value as Record<string, unknown> | undefined)?.[key], input);

/** An object inside another is a section: its parts are options of the same command. */
function fieldsOf(input: Schema, path: readonly string[]): Field[] {
  return Object.entries(shapeOf(input)).flatMap(([key, schema]) => {
    const metadata = metaOf(schema);
    const { flag, off } = metadata;
    if (flag === undefined) return fieldsOf(schema, [...path, key]);
    const field = { path: [...path, key], metadata, option: optionOf(flag, schema) };
    if (off === undefined) return [field];
    const offFlag = flagName(flag).replace("--", "--no-");
    return [{ ...field, off: { option: new Option(offFlag, off.help), value: off.value } }];
  });
}

function optionOf(flag: string, schema: Schema): Option {
  const help = helpOf(schema);
  const { success, data: usual } = z.safeParse(schema, undefined);
  const shown = success ? shownDefault(usual) : "";
  const option = new Option(
    flag,
    shown === "" || help.includes("(default: ") ? help : `${help} (default: ${shown})`,
  );
  const { file } = metaOf(schema);
  const reader = file === undefined ? readerOf(schema) : listFiles[file];
  return reader === undefined
    ? option
    : option.argParser(reader as (text: string, before: unknown) => unknown);
}

/** What reads lists that stand in files of their own. */
const listFiles: Readonly<
  Record<NonNullable<z.core.GlobalMeta["file"]>, (path: string) => readonly string[]>
> = {
  days: readDays,
};

/** A default as it would be typed; switches and what is empty have none to show. */
const shownDefault = (usual: unknown): string =>
  typeof usual === "number" || typeof usual === "string" || Array.isArray(usual) ? String(usual) : "";

type Definition = z.core.$ZodTypes["_zod"]["def"];

const definitionOf = (schema: Schema): Definition => bare(schema)._zod.def as Definition;

/** The words of which an option is one; of any other kind, none. */
export function enumWords(schema: Schema): readonly string[] {
  const definition = definitionOf(schema);
  return definition.type === "enum" ? Object.values(definition.entries).map(String) : [];
}

/** How the text of an option becomes a value of its kind; text itself and switches need nothing. */
function readerOf(schema: Schema): Reader | undefined {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case "number":
      return "format" in definition && definition.format === "safeint" ? wholeNumber : decimal;
    case "enum":
      return oneOf(enumWords(schema));
    case "array":
      return definitionOf(definition.element).type === "number" ? decimals : list;
    case "tuple":
      return decimals;
    case "record":
      return pairs((readerOf(definition.valueType) ?? String) as (text: string) => unknown);
    default:
      return undefined;
  }
}
