/** The page's side of a worker that trains and computes. */
import type { WebRuntimeOptions } from "../runtime/web.ts";
import { Channel } from "./channel.ts";
import { type Request, transferables, type WorkerRuntime } from "./messages.ts";
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
  private readonly channel: Channel<Request>;

  private constructor(channel: Channel<Request>, runtime: WorkerRuntime) {
    this.channel = channel;
    this.runtime = runtime;
  }

  /** @throws VrnnError `web/worker` when the worker cannot be loaded, `runtime/unsupported` without WebAssembly. */
  static async start({ workerUrl, ...options }: ComputeWorkerOptions = {}): Promise<ComputeWorker> {
    const channel = new Channel<Request>(startWorker(workerUrl), "worker");
    try {
      const runtime = await channel.ask((id) => ({ type: "open", id, options }));
      return new ComputeWorker(channel, runtime as WorkerRuntime);
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
    const result = await this.channel.ask((id) => ({ type: "run", id, task, job }), {
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
