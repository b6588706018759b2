/** One column and what is usual of it, which may change for good. */
import { ChangeWatch, type ChangeWatchState, HIGH, type Lasting, type Moments } from "./change-watch.ts";
import { type ColumnCalibration, entrySurprise, recalibrated } from "./detect.ts";

/** A lasting change of a column. */
export interface ColumnChange extends Omit<Lasting, "scores"> {
  /** Whether it changed for good, or is as it was before. */
  readonly type: "changed" | "back";
  /** The values before, where an earlier change told them; else they are those of training. */
  readonly before: Moments | undefined;
  /** What is usual of it since. */
  readonly usual: ColumnCalibration;
}

/** Where a watch stands: plain numbers, for JSON. */
export interface ColumnWatchState {
  readonly away: ChangeWatchState;
  readonly home: ChangeWatchState;
  /** Once it has changed: the scores and the values since. */
  readonly changed?: { readonly scores: readonly number[]; readonly values: Moments | null } | undefined;
}

/**
 * Watches for two things: that a column is surprising by what was usual of it last, and stays so; and, once it has changed,
 * that it is as the clean data were again.
 */
export class ColumnWatch {
  private readonly clean: ColumnCalibration;
  private readonly away: ChangeWatch;
  private readonly home: ChangeWatch;
  private changed: { readonly scores: readonly number[]; readonly values: Moments | undefined } | undefined;
  /** What is usual of the column by now. */
  usual: ColumnCalibration;

  constructor(clean: ColumnCalibration) {
    this.clean = clean;
    this.usual = clean;
    this.away = new ChangeWatch(clean.lasting);
    this.home = new ChangeWatch(clean.lasting);
  }

  /** What there is to tell of a step. @param score in nats, NaN where it is missing @param value NaN where there is none */
  add(score: number, value: number): ColumnChange | undefined {
    const isUsual = this.changed !== undefined && entrySurprise(score, this.clean) <= HIGH;
    const home = this.home.add(isUsual, score, value);
    const away = this.away.add(entrySurprise(score, this.usual) > HIGH, score, value);
    if (home !== undefined) return this.settled("back", home);
    return away === undefined || away.scores.length === 0 ? undefined : this.settled("changed", away);
  }

  private settled(type: ColumnChange["type"], { scores, ...lasting }: Lasting): ColumnChange {
    const before = this.changed?.values;
    this.changed = type === "back" ? undefined : { scores, values: lasting.values };
    this.usual = type === "back" ? this.clean : recalibrated(this.clean, scores);
    this.home.forget();
    this.away.forget();
    return { type, ...lasting, before, usual: this.usual };
  }

  get state(): ColumnWatchState {
    const { away, home, changed } = this;
    const kept = changed && { scores: changed.scores, values: changed.values ?? null };
    return { away: away.state, home: home.state, ...(kept && { changed: kept }) };
  }

  restore({ away, home, changed }: ColumnWatchState): void {
    this.away.restore(away);
    this.home.restore(home);
    this.changed = changed && { scores: changed.scores, values: changed.values ?? undefined };
    this.usual = changed === undefined ? this.clean : recalibrated(this.clean, changed.scores);
  }
}
