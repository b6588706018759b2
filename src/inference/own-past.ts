/** Paths that go on for longer than a season: what they were a season ago is then what they were made up to be. */
import type { Column } from "../data/dataset.ts";
import { isLag } from "../data/derived/lags.ts";
import type { Model } from "../models/model.ts";
import type { Values } from "../runtime/runtime.ts";
import { knownFeeds } from "./rows.ts";

/** A condition that is a column some steps before. */
interface Lag {
  /** Among the conditions. */
  readonly place: number;
  /** Among the columns; −1: none of them. */
  readonly d: number;
  readonly steps: number;
}

/** What a path was at a step after its beginning, in the units of the data. */
export type PathValue = (path: number, t: number, d: number) => number;

/** What is known of paths as they are made up. */
export class OwnPast {
  private readonly model: Model;
  private readonly lags: readonly Lag[];

  constructor(model: Model, columns: readonly Column[]) {
    this.model = model;
    this.lags = (model.conditions ?? []).flatMap((column, place): Lag[] => {
      if (!isLag(column)) return [];
      const { of, steps } = column.derived;
      return [{ place, d: columns.findIndex(({ name }) => name === of), steps }];
    });
  }

  /** How many steps can be made up at once, so that each one's past is there: at most so many. */
  window(most: number): number {
    return this.lags.reduce((least, { steps }) => Math.min(least, steps), most);
  }

  /**
   * What is known of steps `done` to `done + steps` of each path.
   *
   * @param tables `[·, C]` for each group of paths: what was known when they set out
   * @param paths how many paths each group has
   */
  known(
    tables: readonly (Float64Array | undefined)[],
    paths: number,
    { done, steps }: { readonly done: number; readonly steps: number },
    valueAt: PathValue,
  ): Values {
    const reached = this.lags.filter(({ steps: lag }) => lag < done + steps);
    if (reached.length === 0) return knownFeeds(this.model, tables, done, steps, paths);
    const width = this.model.conditions!.length;
    const own = tables.flatMap((table, group) =>
      Array.from({ length: paths }, (_, path) => {
        const known = new Float64Array(steps * width).fill(Number.NaN);
        known.set(table?.subarray(done * width, (done + steps) * width) ?? []);
        for (const { place, d, steps: lag } of reached)
          for (let t = Math.max(done, lag); t < done + steps; t++)
            known[(t - done) * width + place] = valueAt(group * paths + path, t - lag, d);
        return known;
      }),
    );
    return knownFeeds(this.model, own, 0, steps);
  }
}
