/** Exchange rates of eight currencies: five windows of 30 days after 6,071 days of training (GluonTS's protocol). */
import { dataAt, print, textOf, told, train, vrnn, work, writeRows } from "./common.mjs";

const at = work("exchange");
const [TRAIN, WINDOWS, HORIZON] = [6071, 5, 30];
const rows = textOf(dataAt("series/exchange_rate/exchange_rate.txt.gz"))
  .trim()
  .split("\n")
  .map((line) => line.split(","));
const header = [..."ABCDEFGH"];
writeRows(at("train.csv"), [header, ...rows.slice(0, TRAIN)]);
writeRows(at("all.csv"), [header, ...rows.slice(0, TRAIN + WINDOWS * HORIZON)]);
train(at("run"), at("train.csv"), ["--split", "0.9,0.1,0"]);
const backtest = vrnn(
  "backtest",
  at("run"),
  "--data",
  at("all.csv"),
  "--horizon",
  HORIZON,
  "--origins",
  WINDOWS,
);
print(told(backtest, "wql"));
