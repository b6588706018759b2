import { describe, expect, test } from "vitest";
import { fieldsSchema } from "../../src/data/field-schemas.ts";
import { type Field, type Fields, widthOf } from "../../src/data/fields.ts";
import { modalitySchema } from "../../src/data/modality.ts";
import { modalityOfOldRun } from "../../src/data/old-modality.ts";
import { plainColumn } from "./temporary.ts";

const fields = {
  x: { kind: "columns", role: "target", axis: "T", columns: [plainColumn("a"), plainColumn("b")] },
  words: { kind: "tokens", role: "source", axis: "S", vocabulary: { unit: "words", tokens: ["one", "two"] } },
  bytes: { kind: "tokens", role: "target", axis: "T", vocabulary: { unit: "bytes", tokens: [] } },
  picture: {
    kind: "frames",
    role: "target",
    axis: "none",
    shape: [28, 28, 1],
    storage: "uint8",
    range: [0, 255],
  },
  class: { kind: "label", role: "label", axis: "none", levels: ["ham", "spam"] },
} as const satisfies Fields;

describe("a field", () => {
  test("has a width", () => {
    const told = Object.entries<Field>(fields).map(([name, field]) => [name, widthOf(field)]);
    expect(told).toEqual([
      ["x", 2],
      ["words", 1],
      ["bytes", 1],
      ["picture", 784],
      ["class", 1],
    ]);
  });

  test("is stored and read back", () => {
    expect(fieldsSchema.parse(JSON.parse(JSON.stringify(fields)))).toEqual(fields);
  });

  test("of a condition keeps the condition's role", () => {
    const columns = [{ ...plainColumn("shop"), role: "static" as const }];
    const stored = { condition: { kind: "columns", role: "covariate", axis: "T", columns } };
    expect(fieldsSchema.parse(stored)).toEqual(stored);
  });

  test.each([
    ["another kind", { ...fields.x, kind: "pixels" }],
    ["another role", { ...fields.x, role: "output" }],
    ["another axis", { ...fields.x, axis: "B" }],
    ["no column", { ...fields.x, columns: [] }],
    ["more than is known of", { ...fields.class, colour: "red" }],
    ["a token twice", { ...fields.words, vocabulary: { unit: "words", tokens: ["one", "one"] } }],
    ["a frame of no size", { ...fields.picture, shape: [28, 0] }],
    ["a range that goes down", { ...fields.picture, range: [255, 0] }],
    ["no level", { ...fields.class, levels: [] }],
  ])("with %s is refused", (_, field) => {
    expect(fieldsSchema.safeParse({ field }).success).toBe(false);
  });
});

test("a modality has what its kind has, and nothing else", () => {
  expect(modalitySchema.parse({ name: "music", grid: 4 })).toEqual({ name: "music", grid: 4 });
  expect(modalitySchema.parse({ name: "music" })).toEqual({ name: "music" });
  for (const odd of [{ name: "smell" }, { name: "table", grid: 4 }, { name: "music", grid: 0 }])
    expect(modalitySchema.safeParse(odd).success).toBe(false);
});

test("the modality of a run that did not store it is told by its columns", () => {
  const keys = ["60", "64"].map((name) => plainColumn(name, { kind: "binary" }));
  const moves = [plainColumn("dx"), plainColumn("dy"), plainColumn("pen", { kind: "binary" })];
  expect(modalityOfOldRun(keys, 4)).toEqual({ name: "music", grid: 4 });
  expect(modalityOfOldRun(keys)).toEqual({ name: "music" });
  expect(modalityOfOldRun(moves)).toEqual({ name: "strokes" });
  expect(modalityOfOldRun([plainColumn("load")])).toEqual({ name: "table" });
});
