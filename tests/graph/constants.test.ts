import fc from "fast-check";
import { expect, test } from "vitest";
import { fingerprint } from "../../src/graph/digest.ts";
import * as g from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { finish } from "../../src/passes/optimise.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { someNumbers } from "../finite-differences.ts";

const long = () => someNumbers(1000, 5).map(Math.fround);

test("lists of equal content are the same, whatever holds them", () => {
  const values = long();
  expect(fingerprint(Float32Array.from(values))).toBe(fingerprint(values));
  expect(fingerprint([...values])).toBe(fingerprint(values));
  expect(fingerprint(Float64Array.of(1, 2))).toBe(fingerprint([1, 2]));
});

test("one number more or less, another or elsewhere: another list", () => {
  const odd = fc.constantFrom(0, -0, Number.NaN, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  fc.assert(
    fc.property(fc.nat({ max: 999 }), fc.nat({ max: 999 }), odd, odd, (at, to, a, b) => {
      const [one, other, moved] = [long(), long(), long()];
      one[at] = a;
      other[at] = b;
      expect(fingerprint(one) === fingerprint(other)).toBe(Object.is(a, b));
      [moved[at], moved[to]] = [moved[to] as number, moved[at] as number];
      expect(fingerprint(moved) === fingerprint(long())).toBe(at === to);
    }),
  );
  expect(fingerprint(long().subarray(1))).not.toBe(fingerprint(long()));
  expect(fingerprint([...long(), 0])).not.toBe(fingerprint(long()));
  expect(fingerprint([0])).not.toBe(fingerprint([-0]));
});

test("large constants of typed arrays arrive as they are, equal ones once", async () => {
  const table = Float32Array.from(long());
  const x = g.input("x", [1]);
  const at = g.constant([0, 999, 500], [3], "int64");
  const rows = g.mul(g.gatherRows(g.constant(table, [1000]), at), x);
  const copies = g.mul(g.gatherRows(g.constant([...table], [1000]), at), x);
  const [one, other] = finish([rows, copies]);
  expect(one).toBe(other);
  const precise = g.mul(g.constant(long(), [1000], "float64"), g.cast(x, "float64"));
  const program = lower({ rows, precise });
  const executable = await nodeRuntime().compile(program);
  const results = await executable.run({ x: { dtype: "float32", shape: [1], data: Float32Array.of(1) } });
  await executable.dispose();
  expect(results["rows"]?.data).toEqual(Float32Array.of(table[0]!, table[999]!, table[500]!));
  expect(results["precise"]?.data).toEqual(long());
});
