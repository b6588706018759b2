import type { Operation } from "../operations/operation.ts";
import { refuseUnreadByRun } from "../operations/unread.ts";
import type { DataChoice } from "./data-choice.ts";
import { nodeContext } from "./place.ts";
import { Screen, Unread } from "./screen.ts";
import { type Stop, stopOnSignals } from "./signals.ts";

/** An operation that was called. */
export interface Call {
  readonly input: Record<string, unknown>;
  /** The same without the defaults. */
  readonly given: Record<string, unknown>;
  /** What it is about: the folder of a run, or data. */
  readonly path: string | undefined;
  /** Further files of data, where several were named. */
  readonly more: readonly string[];
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
  const end = new End(operation.output === "answers", () => screen.leave());
  const isTable = operation.output === "table";
  const screen: Screen = new Screen({ isJson, isTable, reads, stopStatus: () => end.status });
  const { notes } = screen;
  const context = nodeContext({ ...place, notes, signal: () => end.signal });
  try {
    await refuseUnreadByRun(operation, given, context);
    for await (const event of operation.run(context, input, given)) await screen.show(event);
  } catch (error) {
    if (!(error instanceof Unread)) throw error;
    screen.showUnread();
  } finally {
    screen.close();
    end.release();
    if (end.isStopped) endThoughUnread();
  }
}

/** How long a reader is waited for once the work was asked to stop, and then what is still under way, in milliseconds. */
const [READER_PATIENCE, LAST_PATIENCE] = [400, 300];

/** Ends the process once there is nothing left but output that nobody reads: it would be kept for ever. */
const endThoughUnread = (): void => void setTimeout(() => process.exit(), LAST_PATIENCE).unref();

/** How the work may be asked to stop. Operations that never ask are ended by the system. */
class End {
  private readonly needsReader: boolean;
  private stop: Stop | undefined;
  private any: AbortSignal | undefined;
  private readonly unread = new AbortController();
  private readonly onLate: () => void;

  /**
   * @param needsReader whether there is nothing left to do when nobody reads stdout any more.
   * @param onLate is called when the work was asked to stop and a reader has had some time since.
   */
  constructor(needsReader: boolean, onLate: () => void) {
    this.needsReader = needsReader;
    this.onLate = onLate;
  }

  get isStopped(): boolean {
    return this.stop?.signal.aborted === true;
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
    this.stop.signal.addEventListener("abort", () => {
      setTimeout(this.onLate, READER_PATIENCE).unref();
    });
    const abort = () => this.unread.abort();
    process.stdout.once("error", abort).once("close", abort);
    return AbortSignal.any([this.stop.signal, this.unread.signal]);
  }
}
