import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { VrnnError } from "../errors.ts";
import type { Program } from "../onnx/lower.ts";
import { buffersOf, nodeExecutable } from "./node-session.ts";
import type { Executable, ShardedExecutable, Values } from "./runtime.ts";

/** What a worker is told. */
export type ShardRequest =
  | { readonly program: Program; readonly threads: number }
  | { readonly inputs: Values };

/** What a worker answers. */
export type ShardReply = { readonly results: Values } | { readonly error: string };

/** Workers are compiled files: a run from the sources uses the build. */
const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/runtime/node-worker.js" : "./node-worker.js",
  import.meta.url,
);

/** The first shard runs on the calling thread, each other one on a worker. */
export class NodeShards implements ShardedExecutable {
  private readonly own: Executable;
  private readonly workers: readonly ShardWorker[];

  private constructor(own: Executable, workers: readonly ShardWorker[]) {
    this.own = own;
    this.workers = workers;
  }

  static async create(program: Program, shards: number, threads: number): Promise<NodeShards> {
    const workers = Array.from({ length: shards - 1 }, () => new ShardWorker());
    await Promise.all(workers.map((worker) => worker.ask({ program, threads })));
    return new NodeShards(await nodeExecutable(program, threads), workers);
  }

  async run(shared: Values, shards: readonly Values[]): Promise<readonly Values[]> {
    const [first, ...others] = shards as readonly [Values, ...Values[]];
    const away = others.map((inputs, i) =>
      (this.workers[i] as ShardWorker).ask({ inputs: { ...shared, ...inputs } }, buffersOf(inputs)),
    );
    // All have to end before a failure of one is told: a late reply would be taken for that of the next run.
    const settled = await Promise.allSettled([this.own.run({ ...shared, ...first }), ...away]);
    return settled.map((each) => {
      if (each.status === "rejected") throw each.reason;
      return each.value;
    });
  }

  async dispose(): Promise<void> {
    await Promise.all([this.own.dispose(), ...this.workers.map((worker) => worker.end())]);
  }
}

class ShardWorker {
  private readonly worker = new Worker(workerFile);

  constructor() {
    this.worker.unref();
  }

  /** Sends a request, handing over some buffers, and waits for the reply. */
  async ask(request: ShardRequest, transfer: readonly ArrayBuffer[] = []): Promise<Values> {
    const answered = once(this.worker, "message") as Promise<[ShardReply]>;
    this.worker.ref();
    this.worker.postMessage(request, transfer);
    const [reply] = await answered;
    this.worker.unref();
    if ("error" in reply) throw new VrnnError("runtime/run", reply.error);
    return reply.results;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
