/** The figures of a backtest for people and programs. */
import type { Column } from "../../data/dataset.ts";
import { csvText } from "../../data/write.ts";
import { forecastMeasures, measureNames } from "../../metrics/forecast-measures.ts";
import { aligned } from "../../words/aligned.ts";
import { percent } from "../../words/figures.ts";
import { type ForecasterResult, shown } from "./verdict.ts";

/** A row for each forecaster, a column for each measure. */
export function tableLines(results: readonly ForecasterResult[], inDeviations: boolean): string[] {
  const header = ["", ...measureNames.map((name) => forecastMeasures[name].label)];
  const rows = results.map(({ name, levels }) => [
    name,
    ...measureNames.map((each) => (each === "coverage" ? percent(levels[each]) : shown(levels[each]))),
  ]);
  return [
    ...aligned([header, ...rows]),
    ...(inDeviations ? ["MSE, MAE and CRPS in deviations of the columns"] : []),
  ];
}

/** The same of each column too. */
export function tableText(results: readonly ForecasterResult[], columns: readonly Column[]): string {
  const names = columns.map(({ name }) => name);
  const rows = results.flatMap(({ name, levels, tally }) => [
    [name, "", ...measureNames.map((each) => levels[each])],
    ...names.map((column) => {
      const own = tally.levels(column);
      return [name, column, ...measureNames.map((each) => own[each])];
    }),
  ]);
  return csvText(["forecaster", "column", ...measureNames], rows);
}

/** The same for programs; null is what could not be measured. */
export const summaryOf = (results: readonly ForecasterResult[], columns: readonly Column[]) =>
  results.map(({ name, kind, levels, tally }) => ({
    name,
    kind,
    ...finite(levels),
    columns: Object.fromEntries(columns.map((column) => [column.name, finite(tally.levels(column.name))])),
  }));

const finite = (levels: ForecasterResult["levels"]) =>
  Object.fromEntries(
    Object.entries(levels).map(([name, level]) => [name, Number.isFinite(level) ? level : null]),
  );
