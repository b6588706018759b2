import { type PairedBlock, pairedInterval } from "./block-bootstrap.ts";
import { type ForecastOutcome, type LossPart, levelOf } from "./forecast-measure.ts";
import { forecastMeasures, type MeasureName, measureNames } from "./forecast-measures.ts";

/** Levels by the names of measures; NaN where nothing was measured. */
export type MeasureLevels = Readonly<Record<MeasureName, number>>;

type Sums = Readonly<Record<MeasureName, { loss: number; weight: number }>>;

const emptySums = (): Sums =>
  Object.fromEntries(measureNames.map((name) => [name, { loss: 0, weight: 0 }])) as unknown as Sums;

const levels = (parts: readonly Sums[]): MeasureLevels =>
  Object.fromEntries(
    measureNames.map((name) => [name, levelOf(parts.map((sums) => sums[name]))]),
  ) as unknown as MeasureLevels;

/** How the forecasts of one forecaster turned out, by block and column. */
export class ForecastTally {
  private readonly sums = new Map<string, Map<string, Sums>>();

  /** @param block what depends on each other: near origins of a sequence @param column its name */
  add(block: string, column: string, outcome: ForecastOutcome): void {
    const columns = this.sums.get(block) ?? new Map<string, Sums>();
    const sums = columns.get(column) ?? emptySums();
    this.sums.set(block, columns.set(column, sums));
    for (const name of measureNames) {
      const part = forecastMeasures[name].part(outcome);
      if (part === undefined || Number.isNaN(part.loss)) continue;
      sums[name].loss += part.loss;
      sums[name].weight += part.weight;
    }
  }

  /** Over all columns, or of one. */
  levels(column?: string): MeasureLevels {
    const all = [...this.sums.values()].flatMap((columns) =>
      column === undefined ? [...columns.values()] : (columns.get(column) ?? []),
    );
    return levels(all);
  }

  /** What each block adds to a measure. */
  blocks(name: MeasureName): ReadonlyMap<string, LossPart> {
    return new Map(
      [...this.sums].map(([block, columns]) => {
        const parts = [...columns.values()].map((sums) => sums[name]);
        const sum = (of: keyof LossPart) => parts.reduce((total, part) => total + part[of], 0);
        return [block, { loss: sum("loss"), weight: sum("weight") }];
      }),
    );
  }
}

/** 95 % of the difference of a measure between two forecasters, by blocks that are drawn anew; see `pairedInterval`. */
export function differenceInterval(
  one: ForecastTally,
  other: ForecastTally,
  name: MeasureName,
): [low: number, high: number] | undefined {
  const rivals = other.blocks(name);
  const blocks = [...one.blocks(name)].map(
    ([block, { loss, weight }]): PairedBlock => ({
      loss,
      rival: rivals.get(block)?.loss ?? Number.NaN,
      weight,
    }),
  );
  return pairedInterval(blocks);
}
