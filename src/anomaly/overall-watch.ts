/** Lasting changes of no single column: from some step on many more steps are odd than are wanted, and it stays so. */
import { ChangeWatch, type ChangeWatchState } from "./change-watch.ts";
import type { Detector } from "./detect.ts";
import { clusterPeaks, levelOf, peaksOf } from "./extremes.ts";
import { quantile, TAIL_SHARE } from "./tail.ts";

/** A lasting change of all columns together. */
export interface OverallChange {
  readonly type: "changed" | "back";
  readonly since: number;
  readonly told: number;
  /** By how many nats the threshold is raised since. */
  readonly offset: number;
}

/** Where a watch stands: plain numbers, for JSON. */
export interface OverallWatchState {
  readonly away: ChangeWatchState;
  readonly home: ChangeWatchState;
  readonly offset: number;
}

const LEAST_PEAKS = 10;

/**
 * Watches the scores themselves. Where they are above the threshold of alarms for good, it is no longer news: the
 * threshold then rises to where alarms are as rare as wanted, by the peaks of the scores since.
 */
export class OverallWatch {
  private readonly detector: Detector;
  private readonly away: ChangeWatch;
  private readonly home: ChangeWatch;
  /** By how many nats the threshold is raised now. */
  offset = 0;

  constructor(detector: Detector) {
    this.detector = detector;
    this.away = new ChangeWatch(detector.lasting);
    this.home = new ChangeWatch(detector.lasting);
  }

  /** What there is to tell of a step. */
  add(score: number): OverallChange | undefined {
    const { threshold } = this.detector;
    const home = this.home.add(this.offset > 0 && score <= threshold, score, Number.NaN);
    const away = this.away.add(score - this.offset > threshold, score, Number.NaN);
    const told = home ?? away;
    if (told === undefined) return undefined;
    this.offset = home !== undefined ? 0 : this.offsetBy(told.scores);
    this.home.forget();
    this.away.forget();
    const { since, told: step } = told;
    return { type: home !== undefined ? "back" : "changed", since, told: step, offset: this.offset };
  }

  private offsetBy(scores: readonly number[]): number {
    const base = quantile(Float64Array.from(scores).sort(), 1 - TAIL_SHARE);
    const peaks = clusterPeaks([scores], base);
    const { threshold, wanted } = this.detector;
    const level =
      peaks.length < LEAST_PEAKS
        ? Math.max(...scores)
        : levelOf(peaksOf(peaks, base, scores.length), wanted.perThousandSteps / 1000);
    return Math.max(level - threshold, 0);
  }

  get state(): OverallWatchState {
    return { away: this.away.state, home: this.home.state, offset: this.offset };
  }

  restore({ away, home, offset }: OverallWatchState): void {
    this.away.restore(away);
    this.home.restore(home);
    this.offset = offset;
  }
}
