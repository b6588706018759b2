import type { BacktestContent } from "./content.ts";
import { backtestFigure } from "./figures/backtest.ts";
import { standalone } from "./panel.ts";

/** The picture of a backtest as a file of its own. */
export function backtestPicture(content: BacktestContent): string {
  const reading =
    "How far each forecaster was off, less is better, and the last forecast of the first sequence with what came.";
  return standalone(
    backtestFigure(content, { width: 940, clock: "steps" }),
    `Backtest: ${content.measure}`,
    reading,
  );
}
