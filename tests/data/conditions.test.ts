import { describe, expect, test } from "vitest";
import { buildDataset } from "../../src/data/tables/build.ts";
import type { Cell } from "../../src/data/tables/cells.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import { table } from "./temporary.ts";

const steps = 20;
const count = (of: (i: number) => Cell) => Array.from({ length: steps }, (_, i) => of(i));
/** Four sequences of an own age and site, with a price that is known in advance. */
const tables = [0, 1, 2, 3].map((k) =>
  table(
    {
      time: count((i) => i),
      sales: count((i) => i * 1.5 + k),
      age: count(() => 40 + k),
      site: count(() => (k % 2 ? "north" : "south")),
      price: count((i) => (i === 3 ? Number.NaN : 10 + (i % 3))),
    },
    { name: `shop ${k}` },
  ),
);
const build = (options: SchemaOptions) => buildDataset(tables, options, "shops");
const known: SchemaOptions = { statics: ["age", "site"], covariates: ["price"] };

describe("conditions", () => {
  test("are columns of their own, statics first, and not modelled", () => {
    const { columns, conditions, notes } = build(known);
    expect(columns.map(({ name }) => name)).toEqual(["sales"]);
    expect(conditions?.map(({ name, role, kind }) => [name, role, kind])).toEqual([
      ["age", "static", "real"],
      ["site", "static", "categorical"],
      ["price", "covariate", "real"],
    ]);
    expect(notes).toContain('column "price" is not modelled but known (covariate)');
  });

  test("stand beside each step, a missing one as NaN, and are cut with their sequence", () => {
    const { splits } = build({ ...known, sequence: undefined, split: [0.5, 0.25, 0.25] });
    const [first] = splits.train;
    expect([...first!.conditions!.subarray(0, 12)]).toEqual([
      40,
      1,
      10,
      40,
      1,
      11,
      40,
      1,
      12,
      40,
      1,
      Number.NaN,
    ]);
    const one = buildDataset([tables[0]!], { covariates: ["price"], drop: ["age", "site"] }, "shop");
    const [train, valid] = [one.splits.train[0]!, one.splits.valid[0]!];
    expect(train.conditions).toHaveLength(train.length);
    expect(valid.conditions![0]).toBe(10 + (train.length % 3));
  });

  test("of a trained model are read with its statistics and levels", () => {
    const { columns, conditions } = build(known);
    const again = buildDataset([tables[1]!], { columns, conditions }, "other");
    expect(again.conditions).toEqual(conditions);
    expect([...again.splits.train[0]!.conditions!.subarray(0, 3)]).toEqual([41, 0, 10]);
  });

  test.each<[string, SchemaOptions, RegExp]>([
    [
      "a static column that changes",
      { statics: ["price"] },
      /test\.csv:3, column "price": .*known of the whole sequence changes/,
    ],
    [
      "an unknown static column",
      { statics: ["agee"] },
      /the option statics names a column "agee".*did you mean "age"/,
    ],
    ["an unknown covariate", { covariates: ["prize"] }, /the option covariates .*did you mean "price"/],
  ])("%s is refused", (_, options, message) => {
    expect(() => build(options)).toThrow(message);
  });

  test("that a trained model needs have to be there", () => {
    const { columns, conditions } = build(known);
    const without = table({ sales: count((i) => i) });
    expect(() => buildDataset([without], { columns, conditions }, "other.csv")).toThrow(
      /other\.csv: there is no column "age", which the model needs/,
    );
  });
});
