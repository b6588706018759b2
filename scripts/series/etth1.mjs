/** The oil temperature of ETTh1 at 58 origins, two days apart, after 8,640 hours of training and 2,880 of validation. */
import { dataAt, positionals, print, rowsOf, told, train, vrnn, work, writeRows } from "./common.mjs";

const horizon = Number(positionals.find((word) => /^\d+$/.test(word)) ?? 24);
const at = work(`etth1-${horizon}`);
const [TRAIN, SEEN, ORIGINS, EVERY] = [8640, 11_520, 58, 48];
const [header, ...rows] = rowsOf(dataAt("series/ett/ETTh1.csv"));
writeRows(at("train.csv"), [header, ...rows.slice(0, SEEN)]);
writeRows(at("all.csv"), [header, ...rows.slice(0, SEEN + EVERY * (ORIGINS - 1) + horizon)]);
train(at("run"), at("train.csv"), ["--time", "date", "--split", `${TRAIN / SEEN},${1 - TRAIN / SEEN},0`]);
const rolling = ["--horizon", horizon, "--every", EVERY, "--origins", ORIGINS];
const backtest = vrnn(
  "backtest",
  at("run"),
  "--data",
  at("all.csv"),
  ...rolling,
  "--columns",
  "OT",
  "--measure",
  "mse",
);
print(told(backtest, "mse", "OT"));
