import { expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { isPlanned } from "../../src/runtime/memory-plan.ts";

const product = (rows: number) => {
  const weights = g.input("w", [rows, 1024]);
  return { y: g.matmul(g.input("x", ["B", rows]), weights) };
};

test.each([
  ["weights of a megabyte", lower(product(256)), true],
  ["weights of four megabytes", lower(product(1024)), false],
  [
    "weights of four megabytes inside",
    lower(product(1024), { stored: { w: new Float32Array(1024 * 1024) } }),
    false,
  ],
  [
    "whatever it is fed, in a size that is not known",
    lower({ y: g.neg(g.input("x", ["B", 2 ** 22])) }),
    true,
  ],
] as const)("memory is planned ahead for a program with %s: %#", (_, program, planned) => {
  expect(isPlanned(program)).toBe(planned);
});
