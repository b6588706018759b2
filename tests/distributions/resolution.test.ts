import fc from "fast-check";
import { expect, test } from "vitest";
import { normalLogMass } from "../../src/distributions/normal-mass.ts";
import { logCellWidth, scaleFloor } from "../../src/distributions/resolution.ts";

/** The most that one entry of a column on a grid can score, in nats. */
const HIGHEST_LOG_MASS = Math.log(2 / Math.sqrt(2 * Math.PI));

const grid = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

test("the masses of all cells of a grid sum to 1 within 2·exp(−2π²σ²/δ²)", () => {
  fc.assert(
    fc.property(
      grid,
      fc.double({ min: 0, max: 4, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      (resolution, scaleInCells, offset) => {
        const column = { resolution, standardDeviation: 1 };
        let total = 0;
        for (let cell = -60; cell <= 60; cell++) {
          total += Math.exp(
            normalLogMass(cell * resolution, offset * resolution, scaleInCells * resolution, column),
          );
        }
        const floored = Math.max(scaleInCells, 0.5);
        const bound = 2.001 * Math.exp(-2 * Math.PI ** 2 * floored ** 2);
        expect(Math.abs(total - 1)).toBeLessThanOrEqual(bound + 1e-12);
        expect(bound).toBeLessThan(0.0145);
      },
    ),
  );
});

test("no entry on a grid scores above −0.226 nats, and a constant column scores exactly that", () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(
      grid,
      value,
      value,
      fc.double({ min: 0, max: 10, noNaN: true }),
      (resolution, x, mean, scale) => {
        const mass = normalLogMass(x, mean, scale, { resolution, standardDeviation: 0 });
        expect(mass).toBeLessThanOrEqual(HIGHEST_LOG_MASS + 1e-12);
      },
    ),
  );
  expect(normalLogMass(7, 7, 0, { resolution: 0.5, standardDeviation: 0 })).toBeCloseTo(-0.2257913526, 9);
});

test("a change of unit leaves the nats as they are", () => {
  const finite = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(
      grid,
      finite,
      finite,
      fc.double({ min: 0.001, max: 1000, noNaN: true }),
      (resolution, x, mean, unit) => {
        const mass = normalLogMass(x, mean, 2, { resolution, standardDeviation: 2 });
        const inUnit = normalLogMass(x * unit, mean * unit, 2 * unit, {
          resolution: resolution * unit,
          standardDeviation: 2 * unit,
        });
        expect(inUnit).toBeCloseTo(mass, 6 - Math.ceil(Math.log10(1 + Math.abs(mass))));
      },
    ),
  );
});

test("a column without a grid keeps its density, floored at 1e-4 deviations", () => {
  const column = { resolution: 0, standardDeviation: 3 };
  expect(scaleFloor(column)).toBeCloseTo(3e-4, 12);
  expect(logCellWidth(column)).toBe(0);
  expect(normalLogMass(1, 0, 2, column)).toBeCloseTo(-0.125 - Math.log(2 * Math.sqrt(2 * Math.PI)), 12);
  expect(normalLogMass(0, 0, 0, column)).toBeCloseTo(-Math.log(3e-4 * Math.sqrt(2 * Math.PI)), 9);
  expect(scaleFloor({ resolution: 0, standardDeviation: 0 })).toBe(1e-4);
});
