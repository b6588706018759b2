import { beforeAll, describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { helpOf } from "../../src/cli/help.ts";
import type { Operation, Variants } from "../../src/operations/operation.ts";
import { bare, flagName, metaOf, shapeOf } from "../../src/options.ts";
import * as z from "../../src/zod.ts";

/** Every part of an input that has a flag, those of its sections included. */
const flagged = (input: z.core.$ZodType): z.core.$ZodType[] =>
  Object.values(shapeOf(input)).flatMap((part) => (metaOf(part).flag === undefined ? flagged(part) : [part]));

describe.each(Object.keys(commands))("%s", (name) => {
  let operation: Operation;
  beforeAll(async () => {
    operation = await commands[name]!.load();
  });

  test("every option has a flag of its own and says what it does", () => {
    const parts = flagged(operation.input);
    const names = parts.map((part) => flagName(metaOf(part).flag as string));
    expect(new Set(names).size).toBe(names.length);
    for (const flag of names) expect(flag).toMatch(/^--[a-z][a-z0-9-]*$/);
    for (const part of parts) expect(helpOf(part)).toMatch(/^\S.{3,}[^.]$/s);
  });

  test("an option that names a path says whether it is read or written", () => {
    for (const part of flagged(operation.input)) {
      const { flag = "", reads, writes } = metaOf(part);
      const isPath = /[<[]file\b|<(folder|path|run)\b/.test(flag);
      expect([flag, Number(reads ?? false) + Number(writes !== undefined)]).toEqual([flag, Number(isPath)]);
    }
  });

  test("nothing must be said: the defaults are complete, and what they give is accepted again", () => {
    const usual = operation.input.parse({});
    expect(operation.input.parse(usual)).toEqual(usual);
  });

  test("what is on unless told is turned off by its flag, and the other way round", () => {
    for (const part of flagged(operation.input)) {
      if (bare(part)._zod.def.type !== "boolean") continue;
      const isOff = flagName(metaOf(part).flag as string).startsWith("--no-");
      expect(z.parse(part, undefined) ?? false).toBe(isOff); // a switch may also be absent
    }
  });

  test("an option that nobody knows is refused", () => {
    expect(() => operation.input.parse({ hiden: 3 })).toThrow(/there is no .*hiden/);
  });
});

test("the input of train is that of the family, and a family that nobody knows is told with the one that was meant", async () => {
  const { variants, input } = await commands["train"]!.load();
  const { keys, inputOf } = variants as Variants;
  expect(keys.map((key) => metaOf(shapeOf(input)[key]!).flag)).toEqual(["--model <family>"]);
  expect((await inputOf({ family: "vrnn" })).parse({})).toEqual(input.parse({}));
  expect((await inputOf({})).parse({})).toEqual(input.parse({}));
  await expect(inputOf({ family: "vrn" })).rejects.toThrow(
    /there is no model family "vrn" \(did you mean "vrnn"\?\)/,
  );
});
