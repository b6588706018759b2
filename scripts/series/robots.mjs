/** Runs of robots as tables: measured files without heads, in a folder each. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Matrix, solve } from "ml-matrix";
import { dataAt, rowsOf } from "./common.mjs";

/** The runs of an archive in their order: for each step its time, state and inputs. */
export function runsOf(archive, folder, into) {
  execFileSync("tar", ["xzf", dataAt("motion", archive), "-C", into]);
  const names = readdirSync(join(into, folder)).filter((name) => name.startsWith("meas"));
  names.sort((one, other) => Number(one.split("_")[1]) - Number(other.split("_")[1]));
  return names.map((name) => {
    const part = (file) => rowsOf(join(into, folder, name, file)).map((row) => row.map(Number));
    const [times, states, inputs] = ["time.csv", "trajectory.csv", "input.csv"].map(part);
    const steps = Math.min(times.length, states.length, inputs.length);
    return Array.from({ length: steps }, (_, t) => [times[t][0], ...states[t], ...inputs[t]]);
  });
}

/** The six joints of the robot arm: their angles a, speeds v, and what drives them, u. */
export const jointColumns = (letter) => [1, 2, 3, 4, 5, 6].map((joint) => `${letter}${joint}`);

/** Every fifth run tests, and of ten the fourth validates. */
export const splitOf = (run) => (run % 5 === 4 ? "test" : run % 10 === 3 ? "valid" : "train");

/** What least squares make of one step: weights `[features, targets]`. */
export const leastSquares = (features, targets, ridge = 0) => {
  const x = new Matrix(features);
  const gram = x
    .transpose()
    .mmul(x)
    .add(Matrix.eye(x.columns, x.columns, ridge));
  return solve(gram, x.transpose().mmul(new Matrix(targets)));
};
