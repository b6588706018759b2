import { expect, test } from "vitest";
import { fitGaussian } from "../../src/baselines/gaussian.ts";
import { column, sequence } from "./generator.ts";

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

test("fits means and scales to the observed entries and scores by the closed form", () => {
  const columns = [column("a", 0.5), column("kind", 0, "categorical"), column("b")];
  const train = [
    sequence([
      [1, 0, 10],
      [3, 1, NaN],
    ]),
    sequence([
      [NaN, 0, 14],
      [5, 2, 12],
    ]),
  ];
  const model = fitGaussian(columns, train);
  expect([...model.means]).toEqual([3, 12]);
  expect(model.scales[0]).toBeCloseTo(Math.sqrt(8 / 3), 12);
  expect(model.scales[1]).toBeCloseTo(Math.sqrt(8 / 3), 12);

  const scale = Math.sqrt(8 / 3);
  const atMean = -Math.log(scale * ROOT_TWO_PI);
  const nats = model.logLikelihood(
    sequence([
      [3, 9, 12],
      [5, 9, NaN],
      [NaN, 9, NaN],
    ]),
  );
  expect(nats[0]).toBeCloseTo(2 * atMean + Math.log(0.5), 12);
  expect(nats[1]).toBeCloseTo(atMean + Math.log(0.5) - 0.5 * (4 / (8 / 3)), 12);
  expect(nats[2]).toBe(0);
});

test("a constant column on a grid scores −0.226 nats a step, whatever its resolution", () => {
  for (const resolution of [1e-6, 1, 1e6]) {
    const rows = Array.from({ length: 5 }, () => [42 * resolution]);
    const nats = fitGaussian([column("idle", resolution)], [sequence(rows)]).logLikelihood(sequence(rows));
    for (const value of nats) expect(value).toBeCloseTo(Math.log(2 / ROOT_TWO_PI), 9);
  }
});

test("refuses a schema without real columns and a column without observations", () => {
  expect(() => fitGaussian([column("level", 0, "categorical")], [sequence([[1]])])).toThrow(
    expect.objectContaining({ code: "baseline/no-real-column" }),
  );
  expect(() => fitGaussian([column("a"), column("gone")], [sequence([[1, NaN]])])).toThrow(
    expect.objectContaining({ code: "baseline/no-observation", at: "column gone" }),
  );
});
