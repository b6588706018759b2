/** How far each step is from the mean of the latest ones, in their deviations: the rule that everybody tries first. */
import type { Rows } from "./pca.ts";

/** How the rule looks back. */
export interface MovingZOptions {
  /** How many of the latest steps are looked at; 100 unless told. */
  readonly window?: number;
  /** `[D]`: the least deviation of each column, as a calm stretch would make the next move infinite. */
  readonly floors: Float64Array;
}

/**
 * The greatest |x − mean| ÷ deviation over the columns, by the steps before this one; 0 for the first step and for
 * missing entries.
 *
 * @returns `[steps]`
 */
export function movingZ({ values, width }: Rows, { window = 100, floors }: MovingZOptions): Float64Array {
  const steps = values.length / width;
  const scores = new Float64Array(steps);
  for (let j = 0; j < width; j++) {
    const seen = new Window(window);
    for (let t = 0; t < steps; t++) {
      const value = values[t * width + j]!;
      if (Number.isNaN(value)) continue;
      scores[t] = Math.max(scores[t]!, seen.distance(value, floors[j]!));
      seen.add(value);
    }
  }
  return scores;
}

/** The latest values of a column, their sum and that of their squares about the first, which keeps digits. */
class Window {
  private readonly most: number;
  private readonly values: number[] = [];
  private place = 0;
  private origin = 0;
  private sum = 0;
  private squares = 0;

  constructor(most: number) {
    this.most = most;
  }

  distance(value: number, floor: number): number {
    const { length } = this.values;
    if (length === 0) return 0;
    const mean = this.sum / length;
    const deviation = Math.sqrt(Math.max(this.squares / length - mean * mean, 0));
    return Math.abs(value - this.origin - mean) / Math.max(deviation, floor);
  }

  add(value: number): void {
    if (this.values.length === 0) this.origin = value;
    const moved = value - this.origin;
    const gone = this.values.length < this.most ? undefined : this.values[this.place]!;
    this.values[this.place] = moved;
    this.place = (this.place + 1) % this.most;
    this.sum += moved - (gone ?? 0);
    this.squares += moved * moved - (gone ?? 0) ** 2;
  }
}
