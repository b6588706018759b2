import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sparkline } from "../../src/words/sparkline.ts";

const BARS = [..."▁▂▃▄▅▆▇█"];

describe("a sparkline", () => {
  test("goes from the lowest bar to the highest, and is blank where there is nothing", () => {
    expect(sparkline([1, 2, 3, 4, Number.NaN, 8], 6)).toBe("▁▂▃▄ █");
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe(BARS.join(""));
    expect(sparkline([1, Number.POSITIVE_INFINITY, 2], 3)).toBe("▁ █");
  });

  test("of nothing is empty, of missing values blank, of a constant level", () => {
    expect(sparkline([], 10)).toBe("");
    expect(sparkline([1, 2, 3], 0)).toBe("");
    expect(sparkline([Number.NaN, Number.NaN], 5)).toBe("  ");
    expect(sparkline([7, 7, 7], 5)).toBe("▅▅▅");
  });

  test("averages what is too long, over the values that are there", () => {
    expect(sparkline([0, 0, 7, 7], 2)).toBe("▁█");
    expect(sparkline([0, Number.NaN, 3, 4, 7, 7], 3)).toBe("▁▅█");
    expect(sparkline(Float32Array.of(1, 1, 2, 2), 2)).toBe("▁█");
  });

  test("is as long as asked for at most, and follows the order of the values", () => {
    const finite = fc.double({ min: -1e300, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 80 }),
        (values, width) => {
          const line = [...sparkline(values, width)];
          expect(line).toHaveLength(Math.min(width, values.length));
          if (values.length > width) return;
          const heights = line.map((bar) => BARS.indexOf(bar));
          expect(Math.min(...heights)).toBeGreaterThanOrEqual(0);
          values.forEach((a, i) => {
            values.forEach((b, j) => {
              if (a < b) expect(heights[i]!).toBeLessThanOrEqual(heights[j]!);
            });
          });
        },
      ),
    );
  });
});
