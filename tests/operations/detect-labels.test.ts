/** Simple rules beside a detector, where there are labels. */
import { expect, test } from "vitest";
import type { Sequence } from "../../src/data/dataset.ts";
import { ruleQuality } from "../../src/operations/detect-labels.ts";
import { Random } from "../../src/random/generator.ts";
import { plainColumn } from "../data/temporary.ts";

const STEPS = 600;

/** Two columns that move together and one by itself; from step 500 on the second one goes its own way. */
function recording(name: string, sizes: readonly number[], isOdd: boolean): Sequence {
  const random = Random.stream(3, name);
  const rows = Array.from({ length: STEPS }, (_, t) => {
    const [shared, other] = [random.normal(), random.normal()];
    const second = isOdd && t >= 500 ? random.normal() : shared + 0.1 * random.normal();
    return [shared, second, other].map((value, d) => value * sizes[d]!);
  });
  return { name, length: STEPS, values: Float64Array.from(rows.flat()) };
}

const labels = Uint8Array.from({ length: STEPS }, (_, t) => (t >= 500 ? 1 : 0));
const judged = (sizes: readonly number[]) =>
  ruleQuality(
    [recording("new", sizes, true)],
    [recording("clean", sizes, false)],
    sizes.map((size, d) =>
      plainColumn(`c${d}`, { standardDeviation: size, minimum: -4 * size, maximum: 4 * size }),
    ),
    labels,
  );

test("columns that stood still when data were clean are not blown up by how numbers are rounded", () => {
  const still = (sequence: Sequence, jitter: number): Sequence => ({
    ...sequence,
    values: sequence.values.map((value, i) => (i % 3 === 2 ? 0.1 + jitter * Math.sin(i) : value)),
  });
  const columns = ["a", "b", "c"].map((name) => plainColumn(name, { minimum: -4, maximum: 4 }));
  const sizes = [1, 1, 1];
  const clean = [still(recording("clean", sizes, false), 0)];
  const { pca } = ruleQuality([still(recording("new", sizes, true), 1e-6)], clean, columns, labels);
  expect(pca.auroc).toBeGreaterThan(0.9);
});

test("the rules find what they can find, whatever the units of columns", () => {
  const [plain, mixed] = [judged([1, 1, 1]), judged([1, 0.001, 1000])];
  expect(plain.pca.auroc).toBeGreaterThan(0.9);
  expect(mixed.pca.auroc).toBeCloseTo(plain.pca.auroc!, 6);
  expect(mixed.movingZ.auroc).toBeCloseTo(plain.movingZ.auroc!, 6);
});
