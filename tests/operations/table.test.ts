import { beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod";
import { commands } from "../../src/cli/commands.ts";
import type { Operation, Variants } from "../../src/operations/operation.ts";
import { bare, flagName, shapeOf } from "../../src/options.ts";

/** Every part of an input that has a flag, those of its sections included. */
const flagged = (input: z.ZodType): z.ZodType[] =>
  Object.values(shapeOf(input)).flatMap((part) => (part.meta()?.flag === undefined ? flagged(part) : [part]));

describe.each(Object.keys(commands))("%s", (name) => {
  let operation: Operation;
  beforeAll(async () => {
    operation = await commands[name]!.load();
  });

  test("every option has a flag of its own and says what it does", () => {
    const metas = flagged(operation.input).map((part) => part.meta());
    const names = metas.map((meta) => flagName(meta!.flag as string));
    expect(new Set(names).size).toBe(names.length);
    for (const flag of names) expect(flag).toMatch(/^--[a-z][a-z-]*$/);
    for (const meta of metas) expect(meta!.help).toMatch(/^\S.{3,}[^.]$/s);
  });

  test("nothing must be said: the defaults are complete, and what they give is accepted again", () => {
    const usual = operation.input.parse({});
    expect(operation.input.parse(usual)).toEqual(usual);
  });

  test("what is on unless told is turned off by its flag, and the other way round", () => {
    for (const part of flagged(operation.input)) {
      if (bare(part)._zod.def.type !== "boolean") continue;
      const isOff = flagName(part.meta()!.flag as string).startsWith("--no-");
      expect(part.parse(undefined)).toBe(isOff);
    }
  });

  test("an option that nobody knows is refused", () => {
    expect(() => operation.input.parse({ hiden: 3 })).toThrow(/Unrecognized key: .*hiden/);
  });
});

test("the input of train is that of the family, and a family that nobody knows is told with the one that was meant", async () => {
  const { variants, input } = await commands["train"]!.load();
  const { keys, inputOf } = variants as Variants;
  expect(keys.map((key) => shapeOf(input)[key]!.meta()!.flag)).toEqual(["--model <family>"]);
  expect(inputOf({ family: "vrnn" }).parse({})).toEqual(input.parse({}));
  expect(inputOf({}).parse({})).toEqual(input.parse({}));
  expect(() => inputOf({ family: "vrn" })).toThrow(
    /there is no model family "vrn" \(did you mean "vrnn"\?\)/,
  );
});
