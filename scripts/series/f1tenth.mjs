/** Where a small race car is, steering and speed known, over 2 s (80 steps) ahead of 1 s: the mean error in metres. */
import { print, rowsOf, train, vrnn, work, writeRows } from "./common.mjs";
import { leastSquares, runsOf, splitOf } from "./robots.mjs";

const [SEEN, HORIZON] = [40, 80];
const at = work("f1tenth");
work(at("raw"));
work(at("train"));
work(at("seen"));
work(at("future"));
const runs = runsOf("f1tenth_car.tar.gz", "F1tenthCar", at("raw"));
const header = ["t", "x", "y", "th", "v", "steer", "speed"];
const nameOf = (run) => `r${String(run).padStart(2, "0")}`;
const isTest = (run) => splitOf(run) === "test";
for (const run of runs.keys())
  if (!isTest(run)) writeRows(at(`train/${splitOf(run)}-${nameOf(run)}.csv`), [header, ...runs[run]]);
const tested = [...runs.keys()].filter((run) => isTest(run) && runs[run].length >= SEEN + HORIZON);
for (const run of tested) {
  const future = runs[run].slice(SEEN, SEEN + HORIZON).map(([t, , , , , ...inputs]) => [t, ...inputs]);
  writeRows(at(`seen/${nameOf(run)}.csv`), [header, ...runs[run].slice(0, SEEN)]);
  writeRows(at(`future/${nameOf(run)}.csv`), [["t", "steer", "speed"], ...future]);
}
train(at("run"), at("train"), ["--time", "t", "--covariates", "steer,speed"]);
vrnn(
  "forecast",
  at("run"),
  "--data",
  at("seen"),
  "--future",
  at("future"),
  "--horizon",
  HORIZON,
  "--out",
  at("f.csv"),
);

/** Positions of the model: means of x and y. */
const [head, ...rows] = rowsOf(at("f.csv"));
const [column, mean] = ["column", "mean"].map((name) => head.indexOf(name));
const model = (run) => {
  const of = (name) =>
    rows.filter((row) => row[0] === nameOf(run) && row[column] === name).map((row) => Number(row[mean]));
  const [x, y] = [of("x"), of("y")];
  return x.map((value, h) => [value, y[h]]);
};

/** Those of constant velocity, and of least squares of one step on features of a bicycle. */
const constant = (run) => {
  const [before, last] = [runs[run][SEEN - 3], runs[run][SEEN - 1]];
  return Array.from({ length: HORIZON }, (_, h) =>
    [1, 2].map((j) => last[j] + ((last[j] - before[j]) / 2) * (h + 1)),
  );
};
const bicycle = ([x, y, th, v], [steer, speed]) => {
  const turn = Math.tan(Math.min(Math.max(steer, -1), 1)) * v;
  return [x, y, th, v, steer, speed, Math.cos(th) * v, Math.sin(th) * v, turn, 1];
};
const fitted = [...runs.keys()].filter((run) => !isTest(run)).map((run) => runs[run]);
const weights = leastSquares(
  fitted.flatMap((run) => run.slice(0, -1).map((row) => bicycle(row.slice(1, 5), row.slice(5)))),
  fitted.flatMap((run) => run.slice(1).map((row, t) => [1, 2, 3, 4].map((j) => row[j] - run[t][j]))),
  1e-9,
);
const driven = (run) => {
  let state = runs[run][SEEN - 1].slice(1, 5);
  return Array.from({ length: HORIZON }, (_, h) => {
    const input = bicycle(state, runs[run][SEEN - 1 + h].slice(5));
    state = state.map(
      (value, j) => value + input.reduce((sum, each, i) => sum + each * weights.get(i, j), 0),
    );
    return state.slice(0, 2);
  });
};
const error = (of) => {
  const all = tested.flatMap((run) =>
    of(run).map(([x, y], h) => Math.hypot(x - runs[run][SEEN + h][1], y - runs[run][SEEN + h][2])),
  );
  return all.reduce((sum, each) => sum + each / all.length, 0);
};
print({
  value: error(model),
  baselines: { bicycle: error(driven), "constant velocity": error(constant) },
  interval: null,
  runs: tested.length,
});
