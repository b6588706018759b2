import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { broadcast, product } from "../../src/graph/dims.ts";
import * as g from "./ops.ts";

describe("a wrong shape fails while the graph is built", () => {
  const message = (build: () => unknown): string => {
    try {
      build();
    } catch (error) {
      return error instanceof g.GraphError ? error.message : `another error: ${String(error)}`;
    }
    return "no error";
  };

  test("naming the op, the shapes and the line of model code", () => {
    const text = message(() => g.matmul(g.input("x", ["T", "B", 3]), g.input("w", [4, 5])));
    expect(text).toMatch(/matmul\(float32\[T, B, 3\], float32\[4, 5\]\)/);
    expect(text).toMatch(/inner sizes differ: 3 columns on the left, 4 rows on the right/);
    expect(text).toMatch(/shapes\.test\.ts:\d+:\d+/);
  });

  const [x, n] = [g.input("x", ["T", "B", 3]), g.input("n", ["T"], "int64")];
  const wrong: Record<string, [() => unknown, RegExp]> = {
    "names that differ": [() => g.add(x, g.input("y", ["B", "T", 3])), /T against B/],
    "types that differ": [() => g.add(n, x), /do not mix/],
    "a size that is not 1": [() => g.expand(g.input("y", [2]), [3]), /expand/],
    "entries that get lost": [() => g.reshape(x, ["T", "B", 4]), /entries/],
    "an axis too many": [() => g.sum(x, [3]), /axis 3/],
    "parts that do not add up": [() => g.split(x, [1, 1]), /add up to 3/],
    "float indices": [() => g.gatherRows(g.input("table", [5, 2]), x), /int64/],
    "tables of other places": [
      () => g.gatherRows(g.input("tables", ["B", 5, 2]), g.input("at", ["N", 2], "int64"), { batch: 1 }),
      /share their first 1 axes/,
    ],
    "more than there are": [() => g.topK(x, 4), /no 4 largest of 3/],
    "lengths of other rows": [() => g.reverseWithin(x, n), /need lengths int64\[B\], not int64\[T\]/],
    "a condition of numbers": [() => g.where(x, x, x), /bool/],
    "a kernel for other channels": [
      () => g.convolution(g.input("i", ["N", 3, 8]), g.input("k", [4, 2, 3])),
      /channels/,
    ],
    "a first step that is none": [
      () => g.shift(x, 1, { fill: x }),
      /shift: the fill has to be float32\[B, 3\]/,
    ],
    "half a step": [() => g.shift(x, 0.5), /0.5 is no number of steps/],
    "a gradient through two sizes of unknown length": [
      () => gradients(g.sum(g.concat([x, g.input("y", ["S", "B", 3])], 0)), [x]),
      /concat: no gradient where sizes T and S are joined/,
    ],
    "a window that does not fit": [
      () => g.maxPool(g.input("i", ["N", 3, 8]), 4),
      /no window of 4 fits axis 1 of float32\[N, 3, 2\]/,
    ],
    "a slope that is none": [() => g.leakyRelu(x, 2), /slope has to be from 0 to 1/],
    "a mean over an unknown size": [() => g.mean(x, [0]), /has to be a number/],
  };
  for (const [name, [build, pattern]] of Object.entries(wrong)) {
    test(name, () => {
      expect(message(build)).toMatch(pattern);
      expect(message(build)).toMatch(/shapes\.test\.ts:\d+:\d+: /);
    });
  }
});

const dim = fc.oneof(fc.constantFrom<g.Dim>("T", "B"), fc.integer({ min: 1, max: 3 }));
const shape = fc.array(dim, { maxLength: 4 });

test("broadcasting is symmetric, and 1 gives way to anything", () => {
  fc.assert(
    fc.property(shape, (dims) => {
      expect(broadcast(dims, dims)).toEqual(dims);
      expect(
        broadcast(
          dims,
          dims.map(() => 1),
        ),
      ).toEqual(dims);
      expect(broadcast([], dims)).toEqual(dims);
    }),
  );
});

test("the product of dimensions does not depend on their order or grouping", () => {
  fc.assert(
    fc.property(shape, shape, (a, b) => {
      expect(product([...a, ...b])).toBe(product([...b, ...a]));
      expect(product([product(a), product(b)])).toBe(product([...a, ...b]));
    }),
  );
});
