import type { WorkProgress } from "../operations/event.ts";
import { clockTime, grouped, rate } from "../words/figures.ts";
import { isLive, type Terminal } from "./terminal.ts";

/** Seconds between two lines: on a terminal, where one is rewritten, and elsewhere. */
const [LIVE_EVERY, LINE_EVERY] = [0.5, 10];

/** How much work is done, how fast it goes and the time left; short work is not told of at all. */
export class Work {
  private readonly stream: Terminal;
  private readonly isLive: boolean;
  /** When the work under way was first told of, and how much was done by then. */
  private began: { readonly time: number; readonly done: number; readonly what: string } | undefined;
  private shown = 0;
  private isOpen = false;

  constructor(stream: Terminal) {
    this.stream = stream;
    this.isLive = isLive(stream);
  }

  show({ done, of, what }: WorkProgress): void {
    const now = performance.now() / 1000;
    if (this.began?.what !== what) {
      this.close();
      this.began = { time: now, done, what };
      this.shown = now;
    }
    if (now - this.shown < (this.isLive ? LIVE_EVERY : LINE_EVERY)) return;
    this.shown = now;
    const pace = (done - this.began.done) / (now - this.began.time);
    const left =
      pace > 0 && done < of ? `, ${rate(pace)} a second, ${clockTime((of - done) / pace)} left` : "";
    const text = `${what}: ${grouped(done)} of ${grouped(of)}${left}`;
    this.isOpen = this.isLive;
    this.stream.write(this.isLive ? `\r${text}\u001b[K` : `${text}\n`);
  }

  /** Leaves the cursor on a line of its own. */
  close(): void {
    if (this.isOpen) this.stream.write("\n");
    this.isOpen = false;
    this.began = undefined;
  }
}
