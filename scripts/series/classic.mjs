/** Airline passengers, or the classic series: each with its last steps held out, a season or so ahead. */
import { dataAt, positionals, print, rowsOf, told, train, vrnn, work, writeRows } from "./common.mjs";

const SERIES = {
  Airline: { columns: ["Date", "Passengers"], horizon: 12 },
  Lynx: { columns: ["Year", "Lynx"], horizon: 10, renamed: true },
  ShampooSales: { columns: ["Time", "Sales"], horizon: 6 },
  Uschange: { columns: ["Quarter", "Consumption"], horizon: 8 },
  seatbelts: { columns: ["Month", "KSI"], horizon: 12, renamed: true },
  solar: { columns: ["datetime_gmt", "solar_gen"], horizon: 48 },
};

/** The time column and the one that is forecast, in the rows of the file. */
function chosen(name) {
  const { columns, renamed } = SERIES[name];
  const [header, ...rows] = rowsOf(dataAt(`series/classic/${name}/${name}.csv`));
  const places = renamed ? [0, 1] : columns.map((column) => header.indexOf(column));
  return [columns, ...rows.map((row) => places.map((place) => row[place]))];
}

/** Forecasts of the last two horizons, whose rows no training saw. */
function backtested(name, { horizon, every, measure }) {
  const at = work(`classic-${name}`);
  const rows = chosen(name);
  writeRows(at("train.csv"), rows.slice(0, -2 * SERIES[name].horizon));
  writeRows(at("all.csv"), rows);
  train(at("run"), at("train.csv"), ["--time", SERIES[name].columns[0], "--split", "0.8,0.2,0"]);
  const count = Math.floor((2 * SERIES[name].horizon - horizon) / every) + 1;
  const rolling = ["--horizon", horizon, "--every", every, "--origins", count];
  return vrnn("backtest", at("run"), "--data", at("all.csv"), ...rolling, "--measure", measure);
}

if (positionals.includes("airline")) {
  print(told(backtested("Airline", { horizon: 24, every: 24, measure: "mape" }), "mape"));
} else {
  const each = Object.entries(SERIES).map(([name, { horizon }]) => {
    const backtest = backtested(name, { horizon, every: Math.ceil(horizon / 2), measure: "mase" });
    return { name, ...told(backtest, "mase") };
  });
  const mean = (of) => each.reduce((sum, row) => sum + of(row) / each.length, 0);
  const rules = Object.keys(each[0].baselines).filter((rule) =>
    each.every(({ baselines }) => rule in baselines),
  );
  const baselines = Object.fromEntries(rules.map((rule) => [rule, mean((row) => row.baselines[rule])]));
  print({
    value: mean(({ value }) => value),
    baselines,
    interval: null,
    coverage: mean(({ coverage }) => coverage),
    each,
  });
}
