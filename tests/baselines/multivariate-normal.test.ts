import { CholeskyDecomposition, inverse, Matrix } from "ml-matrix";
import { expect, test } from "vitest";
import { centredNormal, floorCovariance } from "../../src/baselines/multivariate-normal.ts";
import { normals } from "./generator.ts";

test("raises only what is below its floor", () => {
  const floors = Float64Array.of(0.5, 0.5);
  const copies = new Matrix([
    [4, 4],
    [4, 4],
  ]);
  expect(floorCovariance(copies, floors).to2DArray()).toEqual([
    [4, 4],
    [4, 4.25],
  ]);
  const wide = new Matrix([
    [4, 1],
    [1, 2],
  ]);
  expect(floorCovariance(wide, floors).to2DArray()).toEqual(wide.to2DArray());
  expect(floorCovariance(Matrix.zeros(2, 2), floors).to2DArray()).toEqual([
    [0.25, 0],
    [0, 0.25],
  ]);
});

test("no column's variance given those before it stays below its floor squared, in any subset of columns", () => {
  const normal = normals(21);
  const thin = new Matrix(Array.from({ length: 6 }, () => [normal(), normal()])); // rank 2
  const floors = Float64Array.of(0.01, 3, 0.5, 0.001, 1, 0.2);
  const floored = floorCovariance(thin.mmulByTranspose(), floors);
  for (let subset = 1; subset < 64; subset++) {
    const kept = [0, 1, 2, 3, 4, 5].filter((j) => subset & (1 << j));
    const part = floored.selection(kept, kept);
    const pivots = new CholeskyDecomposition(part).lowerTriangularMatrix.diagonal();
    kept.forEach((j, i) => {
      expect(pivots[i]! / floors[j]!).toBeGreaterThan(1 - 1e-6);
    });
  }
});

test("scores by the textbook formula, also after more missing patterns than it remembers", () => {
  const normal = normals(22);
  const root = new Matrix(Array.from({ length: 7 }, () => Array.from({ length: 7 }, normal)));
  const covariance = root.mmulByTranspose().add(Matrix.eye(7));
  const logDensity = centredNormal(covariance);
  for (let subset = 0; subset < 256; subset++) {
    const kept = [0, 1, 2, 3, 4, 5, 6].filter((j) => subset & (1 << j));
    const residual = Float64Array.from({ length: 7 }, (_, j) => (kept.includes(j) ? normal() : Number.NaN));
    expect(logDensity(residual)).toBeCloseTo(textbook(covariance, residual, kept), 9);
  }
});

function textbook(covariance: Matrix, residual: Float64Array, kept: number[]): number {
  if (kept.length === 0) return 0;
  const part = covariance.selection(kept, kept);
  const r = Matrix.columnVector(kept.map((j) => residual[j]!));
  const distance = r.transpose().mmul(inverse(part)).mmul(r).get(0, 0);
  const logVolume =
    2 *
    new CholeskyDecomposition(part).lowerTriangularMatrix.diagonal().reduce((sum, d) => sum + Math.log(d), 0);
  return -0.5 * (distance + logVolume + kept.length * Math.log(2 * Math.PI));
}
