import { describe, expect, test } from "vitest";
import { input } from "../../src/graph/index.ts";
import { GRU } from "../../src/nn/cells.ts";
import { Linear } from "../../src/nn/linear.ts";
import type { Net } from "../../src/nn/net.ts";
import { part, partsOf, splitByName } from "../../src/nn/parts.ts";
import { weightsByName } from "../../src/nn/weights.ts";

const [h, c] = [input("h", ["B", 3]), input("c", ["B", 2])];
const net: Net = { weight: (name) => input(name, [3, 9]), keep: (_, x) => x };

describe("a part that is not there is told by its name, with those that are", () => {
  test.each<[string, () => unknown, string]>([
    [
      "a part",
      () => part({ hidden: h, c }, "hiden"),
      'there is no tensor called "hiden" (there are hidden, c)',
    ],
    ["some parts", () => partsOf({ h, c }, ["h", "belief"]), '"belief" (there are h, c)'],
    ["of nothing", () => part({}, "z"), '"z" (there are none at all)'],
    [
      "the state of a cell",
      () => new GRU("cell", { x: 3 }, 3).step(net, { x: h }, { c }),
      '"h" (there are c)',
    ],
    [
      "the input of a layer",
      () => new Linear("out", { z: 3, h: 3 }, 2).apply(net, { h }),
      '"z" (there are h)',
    ],
  ])("%s", (_, ask, message) => {
    expect(ask).toThrow(
      expect.objectContaining({ code: "model/part", message: expect.stringContaining(message) }),
    );
  });
});

test("parts that are there are these, in the order asked for", () => {
  expect(part({ h, c }, "c")).toBe(c);
  expect(Object.entries(partsOf({ h, c }, ["c", "h"]))).toEqual([
    ["c", c],
    ["h", h],
  ]);
});

test("a tensor is cut into parts by their widths", () => {
  const parts = splitByName(input("x", ["T", "B", 5]), { h: 3, c: 2 });
  expect(Object.entries(parts).map(([name, { shape }]) => [name, shape])).toEqual([
    ["h", ["T", "B", 3]],
    ["c", ["T", "B", 2]],
  ]);
});

test("a parameter without a tensor is refused", () => {
  const parameters = ["a", "b"].map((name) => ({ name, shape: [3], initialise: () => {} }));
  expect(() => weightsByName(parameters, [h])).toThrow(
    expect.objectContaining({ code: "graph/parameter", what: "1 tensors were given for 2 parameters" }),
  );
});
