import { firstPlace } from "../collections.ts";
import { fitTail, surprise, type TailModel } from "./tail.ts";

/** After so many new scores the tail is fitted again. */
const REFITTED_EVERY = 20;

/** What usual scores look like, learned anew from the latest ones as they come: the oldest is forgotten. */
export class RunningTail {
  private readonly most: number;
  private readonly leastScale: number;
  /** The oldest first. */
  private readonly queue: number[];
  private readonly sorted: number[];
  private tail: TailModel;
  private added = 0;

  /**
   * @param scores usual ones, the oldest first, at least one
   * @param most how many of the latest are kept
   */
  constructor(scores: readonly number[], most: number, leastScale = 1) {
    this.most = most;
    this.leastScale = leastScale;
    this.queue = scores.slice(-most);
    this.sorted = this.queue.toSorted((a, b) => a - b);
    this.tail = this.fitted();
  }

  /** How surprising a score is in nats, by the scores before it. */
  surprise(score: number): number {
    return surprise(this.tail, score);
  }

  add(score: number): void {
    if (!Number.isFinite(score)) return;
    this.queue.push(score);
    this.sorted.splice(this.placeOf(score), 0, score);
    if (this.queue.length > this.most) this.sorted.splice(this.placeOf(this.queue.shift() as number), 1);
    this.added += 1;
    if (this.added % REFITTED_EVERY === 0) this.tail = this.fitted();
  }

  /** The scores that it knows, the oldest first. */
  get scores(): readonly number[] {
    return this.queue;
  }

  private placeOf(score: number): number {
    return firstPlace(0, this.sorted.length, (place) => this.sorted[place]! >= score);
  }

  private fitted(): TailModel {
    return fitTail(Float64Array.from(this.sorted), this.leastScale);
  }
}
