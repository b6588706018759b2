/** The page's side of a worker that trains and computes. */
import { VrnnError } from "../errors.ts";
import type { WebRuntimeOptions } from "../runtime/web.ts";
import { type Reply, type Request, transferables, unpackError, type WorkerRuntime } from "./messages.ts";
import type { Job, Result, TaskName, Told } from "./tasks.ts";
import { Training } from "./training.ts";

/** The worker and how it computes. */
export interface ComputeWorkerOptions extends WebRuntimeOptions {
  /**
   * The URL of the bundled worker (`vrnn/web/worker`), for bundlers that do not find it by themselves; unless told it is
   * `worker.js` beside the bundle.
   */
  readonly workerUrl?: string | URL;
}

/** How a task is run. */
export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Hands the memory of the job's arrays over instead of copying it: they are empty on the page from then on. */
  readonly transfer?: boolean;
  /** Told of what happens while the task is done. */
  readonly onEvent?: (event: Told) => void;
}

/** What waits for replies. */
interface Waiting {
  resolve(result: unknown): void;
  reject(error: VrnnError): void;
  onEvent(event: Told): void;
}

/**
 * A worker for models: training and computing go on there, one task after the other, while the page stays responsive.
 *
 * @example
 * const worker = await ComputeWorker.start({ device: "auto" });
 * worker.runtime.notes.forEach((note) => console.info(note));
 * const data = await worker.run("read", { file });
 * const choice = { family: "vrnn", model: { hidden: 32, latent: 8 } } as const;
 * const training = worker.train({ ...choice, data, training: { epochs: 5 } });
 * for await (const event of training) if (event.type === "epoch") console.log(event.valid.natsPerStep);
 * const { weights } = await training.trained;
 * const samples = await worker.run("sample", { ...choice, columns: data.columns, weights, count: 3, steps: 100, seed: 1 });
 * worker.end();
 */
export class ComputeWorker {
  /** What the worker found to compute with, and why it is less than what was asked for. */
  readonly runtime: WorkerRuntime;
  private readonly channel: Channel;

  private constructor(channel: Channel, runtime: WorkerRuntime) {
    this.channel = channel;
    this.runtime = runtime;
  }

  /** @throws VrnnError `web/worker` when the worker cannot be loaded, `runtime/unsupported` without WebAssembly. */
  static async start({ workerUrl, ...options }: ComputeWorkerOptions = {}): Promise<ComputeWorker> {
    const channel = new Channel(startWorker(workerUrl));
    try {
      const request = (id: number): Request => ({ type: "open", id, options });
      return new ComputeWorker(channel, (await channel.ask(request)) as WorkerRuntime);
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  /** Trains a model; what happens is told as the events of `Trainer.fit`. */
  train(job: Job<"train">, options: Omit<RunOptions, "onEvent"> = {}): Training {
    return new Training(
      (signal, onEvent) => this.run("train", job, { ...options, signal, onEvent }),
      options,
    );
  }

  /**
   * Runs a task: `read` a file to a data set, or any operation (`train`, `score`, `sample`, `forecast`, `impute` ...);
   * its code is loaded when it is asked for the first time.
   *
   * @throws VrnnError what the task threw, and `web/ended` when the worker was ended before.
   */
  async run<Name extends TaskName>(
    task: Name,
    job: Job<Name>,
    { signal, transfer = false, onEvent }: RunOptions = {},
  ): Promise<Result<Name>> {
    const request = (id: number): Request => ({ type: "run", id, task, job });
    const result = await this.channel.ask(request, {
      signal,
      onEvent,
      transfer: transfer ? transferables(job) : [],
    });
    return result as Result<Name>;
  }

  /** Ends the worker at once, and with it what it was doing. */
  end(): void {
    this.channel.close();
  }
}

function startWorker(url: string | URL | undefined): Worker {
  if (url !== undefined) return new Worker(url, { type: "module" });
  // Bundlers look for these very words.
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
}

interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: Told) => void) | undefined;
  readonly transfer?: ArrayBuffer[];
}

/** Requests to a worker and the replies that belong to them. */
class Channel {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private requests = 0;
  private closed: VrnnError | undefined;

  constructor(worker: Worker) {
    this.worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.receive(data));
    worker.addEventListener("error", ({ message }) => this.fail(brokenWorker(message)));
  }

  ask(request: (id: number) => Request, options: AskOptions = {}): Promise<unknown> {
    const { signal, onEvent = () => {}, transfer = [] } = options;
    if (this.closed) return Promise.reject(this.closed);
    const id = this.requests++;
    const abort = () => this.send({ type: "abort", id });
    const answered = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject, onEvent }));
    this.send(request(id), transfer);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    return answered.finally(() => signal?.removeEventListener("abort", abort));
  }

  close(): void {
    this.fail(new VrnnError("web/ended", "the worker was ended", { remedy: "start a new one" }));
  }

  private send(request: Request, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(request, transfer);
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

const brokenWorker = (message: string | undefined): VrnnError =>
  new VrnnError("web/worker", message || "the worker's script could not be loaded", {
    remedy:
      "bundle vrnn/web/worker, and give its address as `workerUrl` when it is not worker.js beside the page's bundle",
  });
