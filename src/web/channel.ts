/** A page's side of a worker that answers requests. */
import { VrnnError } from "../errors.ts";
import { type Reply, unpackError } from "./messages.ts";
import type { Told } from "./tasks.ts";

/** What waits for replies. */
interface Waiting {
  resolve(result: unknown): void;
  reject(error: VrnnError): void;
  onEvent(event: Told): void;
}

/** How a request is made. */
export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: Told) => void) | undefined;
  readonly transfer?: ArrayBuffer[];
}

/** Requests to a worker, each with a number of its own, and the replies that belong to them. */
export class Channel<Request extends { readonly id: number }> {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private requests = 0;
  private closed: VrnnError | undefined;

  /** @param name what the worker's module is called: `worker` of `vrnn/web/worker` */
  constructor(worker: Worker, name: string) {
    this.worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.receive(data));
    worker.addEventListener("error", ({ message }) => this.fail(brokenWorker(message, name)));
  }

  /** @throws VrnnError what the worker told, and `web/ended` when it was ended */
  ask(request: (id: number) => Request, options: AskOptions = {}): Promise<unknown> {
    const { signal, onEvent = () => {}, transfer = [] } = options;
    if (this.closed) return Promise.reject(this.closed);
    const id = this.requests++;
    const abort = () => this.worker.postMessage({ type: "abort", id });
    const answered = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject, onEvent }));
    this.worker.postMessage(request(id), transfer);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    return answered.finally(() => signal?.removeEventListener("abort", abort));
  }

  close(): void {
    this.fail(new VrnnError("web/ended", "the worker was ended", { remedy: "start a new one" }));
  }

  private receive(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    if (reply.type === "event") waiting?.onEvent(reply.event);
    else {
      this.waiting.delete(reply.id);
      if (reply.type === "error") waiting?.reject(unpackError(reply.error));
      else waiting?.resolve(reply.result);
    }
  }

  private fail(error: VrnnError): void {
    this.closed ??= error;
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

/** What a worker's script that fails by itself is told as. */
export const brokenWorker = (message: string | undefined, name: string): VrnnError =>
  new VrnnError("web/worker", message || "the worker's script could not be loaded", {
    remedy: `bundle vrnn/web/${name}, and say where as \`workerUrl\` if not beside the page's bundle`,
  });
