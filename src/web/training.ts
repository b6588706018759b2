import { Inbox } from "../collections.ts";
import type { Trained } from "../operations/train.ts";
import type { TrainingEvent } from "../train/events.ts";
import type { Told } from "./tasks.ts";

/** Starts training. */
type Start = (signal: AbortSignal, onEvent: (event: Told) => void) => Promise<Trained>;

/**
 * Training that goes on elsewhere: iterate it for its events, await `trained` for what it leaves. Whoever leaves the
 * loop early stops it, as with `Trainer.fit`.
 */
export class Training implements AsyncIterable<TrainingEvent> {
  /** The weights, also when training was stopped; it rejects with what training threw. */
  readonly trained: Promise<Trained>;
  private readonly controller = new AbortController();
  private readonly events = new Inbox<TrainingEvent>();

  constructor(start: Start, { signal }: { readonly signal?: AbortSignal }) {
    const stops = signal ? AbortSignal.any([signal, this.controller.signal]) : this.controller.signal;
    this.trained = start(stops, (told) => {
      if (told.type === "training" && told.event.type !== "saved") this.events.put(told.event);
    });
    // Whoever only iterates learns of a failure there.
    this.trained.catch(() => {}).finally(() => this.events.close());
  }

  /** Ends training after the step under way. */
  stop(): void {
    this.controller.abort();
  }

  /** The events of the training, in their order. */
  async *[Symbol.asyncIterator](): AsyncGenerator<TrainingEvent> {
    try {
      yield* this.events;
    } finally {
      this.stop();
    }
    await this.trained;
  }
}
