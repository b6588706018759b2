import { describe, expect, test } from "vitest";
import { checked } from "../src/options.ts";
import * as z from "../src/zod.ts";

function refusal(schema: z.ZodMiniType, value: unknown): string {
  try {
    checked(schema, value);
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
}

describe("what a schema refuses is told by what is allowed and what was given", () => {
  const kinds = z.discriminatedUnion("name", [
    z.strictObject({ name: z.literal("table") }),
    z.strictObject({ name: z.literal("text") }),
  ]);
  test.each<[string, z.ZodMiniType, unknown, string]>([
    ["too little", z.int().check(z.minimum(1)), 0, "it must be at least 1, and 0 was given"],
    ["not above", z.number().check(z.gt(0)), 0, "it must be above 0, and 0 was given"],
    ["too much", z.number().check(z.maximum(0.95)), 1.5, "it must be at most 0.95, and 1.5 was given"],
    ["not below", z.number().check(z.lt(1)), 1, "it must be below 1, and 1 was given"],
    ["a fraction", z.int(), 2.5, "it must be a whole number, and 2.5 was given"],
    ["a text", z.number(), "many", 'it must be a number, and "many" was given'],
    ["no number", z.number(), Number.NaN, "it must be a number, and NaN was given"],
    [
      "an infinite number",
      z.number(),
      Number.POSITIVE_INFINITY,
      "it must be a number, and Infinity was given",
    ],
    ["another word", z.enum(["gru", "lstm"]), "gur", 'it must be one of gru, lstm, and "gur" was given'],
    ["another constant", z.literal("table"), "text", 'it must be "table", and "text" was given'],
    ["an unknown key", z.strictObject({}), { hiden: 3 }, 'there is no "hiden"'],
    ["nothing", z.strictObject({ a: z.string() }), {}, "a: it is missing, and must be a text"],
    [
      "too many",
      z.array(z.string()).check(z.maxLength(1)),
      ["a", "b"],
      "it must have at most 1 entries, and has 2",
    ],
    ["too few", z.tuple([z.number(), z.number()]), [1], "it must have at least 2 entries, and has 1"],
    ["too long", z.string().check(z.maxLength(2)), "abc", "it must have at most 2 characters, and has 3"],
    ["no list", z.array(z.string()), { a: 1 }, "it must be a list, and an object was given"],
    [
      "an entry",
      z.record(z.string(), z.number()),
      { load: "x" },
      'load: it must be a number, and "x" was given',
    ],
    ["no switch", z.boolean(), 1, "it must be true or false, and 1 was given"],
    [
      "an unknown kind",
      kinds,
      { name: "smell" },
      "name: it must be of another form, and an object was given",
    ],
  ])("%s", (_, schema, value, message) => {
    expect(refusal(schema, value)).toBe(message);
  });
});
