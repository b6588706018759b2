import type { TrainingEvent } from "../train/events.ts";
import type { Trained } from "./tasks.ts";

/** Starts training. */
type Start = (signal: AbortSignal, onEvent: (event: TrainingEvent) => void) => Promise<Trained>;

/**
 * Training that goes on elsewhere: iterate it for its events, await `trained` for what it leaves. Whoever leaves the
 * loop early stops it, as with `Trainer.fit`.
 */
export class Training implements AsyncIterable<TrainingEvent> {
  /** The weights, also when training was stopped; it rejects with what training threw. */
  readonly trained: Promise<Trained>;
  private readonly controller = new AbortController();
  private readonly events: TrainingEvent[] = [];
  private ended = false;
  private wake = () => {};

  constructor(start: Start, { signal }: { readonly signal?: AbortSignal }) {
    const stops = signal ? AbortSignal.any([signal, this.controller.signal]) : this.controller.signal;
    this.trained = start(stops, (event) => {
      this.events.push(event);
      this.wake();
    });
    // Whoever only iterates learns of a failure there.
    this.trained
      .catch(() => {})
      .finally(() => {
        this.ended = true;
        this.wake();
      });
  }

  /** Ends training after the step under way. */
  stop(): void {
    this.controller.abort();
  }

  /** The events of the training, in their order. */
  async *[Symbol.asyncIterator](): AsyncGenerator<TrainingEvent> {
    try {
      while (!this.ended || this.events.length > 0) {
        const event = this.events.shift();
        if (event !== undefined) yield event;
        else await this.moreToCome();
      }
    } finally {
      this.stop();
    }
    await this.trained;
  }

  private moreToCome(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}
