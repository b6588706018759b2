import { expect, test } from "vitest";
import { ssim } from "../../src/metrics/ssim.ts";
import { someNumbers } from "../finite-differences.ts";

const grey = (count: number, seed: number) => someNumbers(count, seed).map((value) => Math.abs(value) / 1.05);

/** Window by window, with the moments about the means. */
function defined(a: Float64Array, b: Float64Array, width: number): number {
  const weight = (i: number, j: number) => Math.exp(-((i - 5) ** 2 + (j - 5) ** 2) / (2 * 1.5 ** 2));
  let all = 0;
  for (let i = 0; i < 11; i++) for (let j = 0; j < 11; j++) all += weight(i, j);
  const scores: number[] = [];
  for (let y = 0; y + 11 <= a.length / width; y++)
    for (let x = 0; x + 11 <= width; x++) {
      const over = (value: (at: number) => number) => {
        let sum = 0;
        for (let i = 0; i < 11; i++)
          for (let j = 0; j < 11; j++) sum += (weight(i, j) / all) * value((y + i) * width + x + j);
        return sum;
      };
      const [ma, mb] = [over((at) => a[at]!), over((at) => b[at]!)];
      const [va, vb] = [over((at) => (a[at]! - ma) ** 2), over((at) => (b[at]! - mb) ** 2)];
      const cov = over((at) => (a[at]! - ma) * (b[at]! - mb));
      const top = (2 * ma * mb + 1e-4) * (2 * cov + 9e-4);
      scores.push(top / ((ma ** 2 + mb ** 2 + 1e-4) * (va + vb + 9e-4)));
    }
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

test("structural similarity is its definition", () => {
  const [a, b] = [grey(13 * 14, 1), grey(13 * 14, 2)];
  expect(ssim(a, b, 14)).toBeCloseTo(defined(a, b, 14), 10);
  const near = a.map((value, i) => 0.9 * value + 0.1 * b[i]!);
  expect(ssim(a, near, 14)).toBeCloseTo(defined(a, near, 14), 10);
});

test("a picture is like itself, and of flat ones their levels tell", () => {
  const a = grey(12 * 12, 3);
  expect(ssim(a, a, 12)).toBeCloseTo(1, 12);
  const flat = (level: number) => new Float64Array(12 * 12).fill(level);
  expect(ssim(flat(0.2), flat(0.8), 12)).toBeCloseTo((2 * 0.16 + 1e-4) / (0.04 + 0.64 + 1e-4), 10);
});
