/** Six joint angles of a robot arm, torques known, 100 or 400 steps ahead of 100: error over the deviation in training. */
import { positionals, print, train, vrnn, work, writeRows } from "./common.mjs";
import { jointColumns, leastSquares, runsOf, splitOf } from "./robots.mjs";

const horizon = Number(positionals.find((word) => /^\d+$/.test(word)) ?? 100);
const SEEN = 100;
const at = work(`schunk-${horizon}`);
work(at("raw"));
work(at("train"));
work(at("test"));
const runs = runsOf("schunk_robot_arm.tar.gz", "Robot", at("raw"));
const header = ["t", ...jointColumns("a"), ...jointColumns("v"), ...jointColumns("u")];
const long = (run) => runs[run].length >= SEEN + horizon;
const isTest = (run) => splitOf(run) === "test";
for (const run of runs.keys()) {
  const name = `${splitOf(run)}-${String(run).padStart(3, "0")}.csv`;
  if (!isTest(run)) writeRows(at(`train/${name}`), [header, ...runs[run]]);
  else if (long(run)) writeRows(at(`test/${name}`), [header, ...runs[run].slice(0, SEEN + horizon)]);
}
train(at("run"), at("train"), ["--time", "t", "--covariates", jointColumns("u").join(",")]);
const rolling = [
  "--horizon",
  horizon,
  "--origins",
  1,
  "--season",
  1,
  "--columns",
  jointColumns("a").join(","),
  "--measure",
  "mse",
];
const backtest = vrnn("backtest", at("run"), "--data", at("test"), ...rolling);

/** A linear state space by least squares of one step, which goes on by itself. */
function linear(run) {
  let state = runs[run][SEEN - 1].slice(1, 13);
  return Array.from({ length: horizon }, (_, h) => {
    const input = [...state, ...runs[run][SEEN - 1 + h].slice(13), 1];
    state = state.map(
      (value, j) => value + input.reduce((sum, each, i) => sum + each * weights.get(i, j), 0),
    );
    return state.slice(0, 6);
  });
}

const fitted = [...runs.keys()].filter((run) => !isTest(run)).map((run) => runs[run]);
const features = fitted.flatMap((run) => run.slice(0, -1).map((row) => [...row.slice(1), 1]));
const targets = fitted.flatMap((run) =>
  run.slice(1).map((row, t) => row.slice(1, 13).map((value, j) => value - run[t][j + 1])),
);
const weights = leastSquares(features, targets, 1e-6);
const training = [...runs.keys()].filter((run) => splitOf(run) === "train").flatMap((run) => runs[run]);
const deviations = [0, 1, 2, 3, 4, 5].map((joint) => {
  const mean = training.reduce((sum, row) => sum + row[joint + 1] / training.length, 0);
  return Math.sqrt(training.reduce((sum, row) => sum + (row[joint + 1] - mean) ** 2 / training.length, 0));
});
const tested = [...runs.keys()].filter((run) => isTest(run) && long(run));
const squares = tested.flatMap((run) =>
  linear(run).flatMap((row, h) =>
    row.map((value, j) => ((value - runs[run][SEEN + h][j + 1]) / deviations[j]) ** 2),
  ),
);
const [model] = backtest.forecasters;
const rules = backtest.forecasters.filter(({ kind }) => kind === "rule");
print({
  value: Math.sqrt(model.mse),
  baselines: {
    "least squares": Math.sqrt(squares.reduce((sum, square) => sum + square / squares.length, 0)),
    ...Object.fromEntries(rules.map(({ name, mse }) => [name, Math.sqrt(mse)])),
  },
  interval: null,
  coverage: model.coverage,
  runs: tested.length,
});
