import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalText } from "../../src/data/write.ts";
import { rounded } from "../../src/tables/score-table.ts";

const short = fc
  .tuple(fc.integer({ min: -9_999_999, max: 9_999_999 }), fc.integer({ min: 0, max: 14 }))
  .map(([units, places]) => Number(`${units}e-${places}`));
const number = fc.oneof(fc.double(), fc.double({ min: -1000, max: 1000 }), short, fc.integer());

test("a number is written as String writes it", () => {
  fc.assert(
    fc.property(number, (value) => {
      expect(decimalText(value)).toBe(String(value));
    }),
    { numRuns: 100_000, seed: 1 },
  );
});

test("nats are rounded as toFixed rounds them, halves too", () => {
  const half = fc.integer({ min: -1e9, max: 1e9 }).map((units) => (units + 0.5) / 1e6);
  fc.assert(
    fc.property(fc.oneof(number, half), (nats) => {
      expect(rounded(nats)).toBe(Number(nats.toFixed(6)));
    }),
    { numRuns: 100_000, seed: 2 },
  );
});
