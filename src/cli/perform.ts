import type { Operation } from "../operations/operation.ts";
import type { DataChoice } from "./data-choice.ts";
import { nodeContext } from "./place.ts";
import { Screen } from "./screen.ts";
import { type Stop, stopOnSignals } from "./signals.ts";

/** An operation that was called. */
export interface Call {
  readonly input: Record<string, unknown>;
  /** The same without the defaults. */
  readonly given: Record<string, unknown>;
  /** What it is about: the folder of a run, or data. */
  readonly path: string | undefined;
  readonly choice: DataChoice;
  readonly isJson: boolean;
  /** Everything that it was told to read. */
  readonly reads: readonly string[];
}

/** Runs an operation and shows what it tells. */
export async function perform(
  operation: Operation,
  { input, given, isJson, reads, ...place }: Call,
): Promise<void> {
  const end = new End(operation.output === "answers");
  const isTable = operation.output === "table";
  const screen = new Screen({ isJson, isTable, reads, stopStatus: () => end.status });
  const { notes } = screen;
  const context = nodeContext({ ...place, notes, signal: () => end.signal });
  try {
    for await (const event of operation.run(context, input, given)) await screen.show(event);
  } finally {
    screen.close();
    end.release();
  }
}

/** How the work may be asked to stop. Operations that never ask are ended by the system. */
class End {
  private readonly needsReader: boolean;
  private stop: Stop | undefined;
  private any: AbortSignal | undefined;
  private readonly unread = new AbortController();

  /** @param needsReader whether there is nothing left to do when nobody reads stdout any more. */
  constructor(needsReader: boolean) {
    this.needsReader = needsReader;
  }

  get signal(): AbortSignal {
    this.any ??= this.listen();
    return this.any;
  }

  /** The exit status of work that was stopped: that of the request, or none where only the reader went away. */
  get status(): number {
    return this.stop?.status() ?? (this.unread.signal.aborted ? 0 : 1);
  }

  release(): void {
    this.stop?.release();
  }

  private listen(): AbortSignal {
    this.stop = stopOnSignals();
    if (!this.needsReader) return this.stop.signal;
    const abort = () => this.unread.abort();
    process.stdout.once("error", abort).once("close", abort);
    return AbortSignal.any([this.stop.signal, this.unread.signal]);
  }
}
