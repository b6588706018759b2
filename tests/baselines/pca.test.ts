import { expect, test } from "vitest";
import { movingZ } from "../../src/baselines/moving-z.ts";
import { fitPca, pcaResiduals } from "../../src/baselines/pca.ts";

test("what lies in the plane of the components has no residual, what is off has its squared distance", () => {
  // Rows along (1, 2, 2)/3: one direction holds all.
  const values = Float64Array.from([-2, -1, 0, 1, 2].flatMap((s) => [s / 3, (2 * s) / 3, (2 * s) / 3]));
  const pca = fitPca({ values, width: 3 }, { variance: 0.9 });
  expect(pca.components).toHaveLength(1);
  const [along, off] = pcaResiduals(pca, {
    values: Float64Array.of(5 / 3, 10 / 3, 10 / 3, 2, -1, 0),
    width: 3,
  });
  expect(along).toBeCloseTo(0, 12);
  expect(off).toBeCloseTo(5, 12); // (2, −1, 0) is orthogonal to the direction
});

test("a moving z is the distance from the mean of the latest values in their deviations", () => {
  const scores = movingZ(
    { values: Float64Array.of(1, 3, 2, 6), width: 1 },
    { window: 2, floors: Float64Array.of(0.1) },
  );
  expect([...scores]).toEqual([0, 20, 0, 7]); // |6 − 2.5| ÷ 0.5
});
