/** How long a forecast takes, untrained data being no matter: of 5,000 short files, or of one sequence of 500,000 steps. */
import { performance } from "node:perf_hooks";
import { positionals, print, train, vrnn, work, writeRows } from "./common.mjs";

let state = 1;
const uniform = () => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return state / 0x7fffffff;
};
const wave = (steps) => {
  const phase = 6.28 * uniform();
  return Array.from({ length: steps }, (_, t) => [
    (3 * Math.sin(t / 3 + phase) + 5 + uniform()).toFixed(2),
    uniform().toFixed(3),
  ]);
};
const files = positionals.includes("files");
const at = work(files ? "files" : "long");
if (files) {
  work(at("data"));
  for (let i = 0; i < 5000; i++)
    writeRows(at(`data/f${String(i).padStart(4, "0")}.csv`), [
      ["value"],
      ...wave(20 + Math.floor(41 * uniform())).map(([a]) => [a]),
    ]);
} else writeRows(at("data.csv"), [["a", "b"], ...wave(500_000)]);
const data = at(files ? "data" : "data.csv");
train(at("run"), data, ["--epochs", "1", "--emission", "gaussian", "--center", "mean"]);
const horizon = files ? 10 : 60;
const timed = () => {
  const start = performance.now();
  vrnn("forecast", at("run"), "--data", data, "--horizon", horizon, "--out", at("forecast.csv"));
  return (performance.now() - start) / 1000;
};
const first = timed(); // learns the calibration, once
print({ value: timed(), first });
