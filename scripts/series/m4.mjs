/** M4, all series of one frequency: what comes after each, as the competition asked. Called with hourly or weekly. */
import { dataAt, positionals, print, rowsOf, told, train, vrnn, work, writeRows } from "./common.mjs";

const FREQUENCIES = { hourly: { name: "Hourly", horizon: 48 }, weekly: { name: "Weekly", horizon: 13 } };
const frequency = positionals.find((word) => word in FREQUENCIES) ?? "hourly";
const { name, horizon } = FREQUENCIES[frequency];
const at = work(`m4-${frequency}`);
const series = (part) =>
  rowsOf(dataAt(`series/m4/${name}-${part}.csv`))
    .slice(1)
    .map(([id, ...values]) => [id, values.filter((value) => value !== "")]);
const [past, ahead] = [series("train"), new Map(series("test"))];
const long = (all) => [["id", "y"], ...all.flatMap(([id, values]) => values.map((value) => [id, value]))];
writeRows(at("train.csv"), long(past));
writeRows(at("all.csv"), long(past.map(([id, values]) => [id, [...values, ...ahead.get(id)]])));
train(at("run"), at("train.csv"), ["--sequence", "id", "--split-by", "time", "--split", "0.9,0.1,0"]);
const backtest = vrnn("backtest", at("run"), "--data", at("all.csv"), "--horizon", horizon, "--origins", 1);
print(told(backtest, "wql"));
