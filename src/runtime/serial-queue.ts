import { VrnnError } from "../errors.ts";

/** Work that must not overlap: each piece begins when the one before has ended, well or badly, until there is an end. */
export class SerialQueue {
  private last: Promise<unknown> = Promise.resolve();
  private closed: Promise<void> | undefined;

  /** @throws VrnnError `runtime/disposed` after `close`. */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    this.requireOpen();
    return this.append(work);
  }

  /** @throws VrnnError `runtime/disposed` after `close`. */
  requireOpen(): void {
    if (this.closed === undefined) return;
    throw new VrnnError("runtime/disposed", "this was disposed of", { remedy: "make a new one" });
  }

  /** Takes a last turn, in which all is given back. Another call waits for the same. */
  close(giveBack: () => Promise<void>): Promise<void> {
    this.closed ??= this.append(giveBack);
    return this.closed;
  }

  private append<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(work);
    this.last = result.then(nothing, nothing); // a result may be large: it is not kept
    return result;
  }
}

const nothing = (): void => {};
