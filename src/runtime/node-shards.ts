import { Worker } from "node:worker_threads";
import { VrnnError } from "../errors.ts";
import type { Program } from "../onnx/lower.ts";
import { allOrNone } from "./all-or-none.ts";
import type { HostMemory } from "./device-memory.ts";
import { buffersOf, nodeExecutable } from "./node-session.ts";
import { ortReason } from "./ort-errors.ts";
import {
  type Executable,
  type Inputs,
  isDeviceValue,
  type ShardedExecutable,
  type TensorValue,
  type Values,
} from "./runtime.ts";
import { SerialQueue } from "./serial-queue.ts";
import { sharedInputs } from "./shared-inputs.ts";

/** What a worker is told. */
export type ShardRequest =
  | { readonly program: Program; readonly threads: number }
  | { readonly inputs: Values; readonly into: Values };

/** What a worker answers; the memory that it was to write to comes back either way. */
export type ShardReply = { readonly results: Values } | { readonly error: string; readonly into: Values };

/** Workers are compiled files: a run from the sources uses the build. */
const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/runtime/node-worker.js" : "./node-worker.js",
  import.meta.url,
);

/** The first shard runs on the calling thread, each other one on a worker. */
export class NodeShards implements ShardedExecutable {
  private readonly own: Executable;
  private readonly workers: readonly ShardWorker[];
  private readonly memory: HostMemory;
  private readonly share = sharedInputs();
  /** What workers sent: its memory goes back to them, to be written to again. */
  private readonly came = new WeakSet<TensorValue>();
  /** A worker answers in the order of its requests and does not say which: runs must not overlap. */
  private readonly turns = new SerialQueue();

  private constructor(own: Executable, workers: readonly ShardWorker[], memory: HostMemory) {
    this.own = own;
    this.workers = workers;
    this.memory = memory;
  }

  static async create(
    program: Program,
    shards: number,
    threads: number,
    memory: HostMemory,
  ): Promise<NodeShards> {
    return allOrNone(async (keep) => {
      const workers = Array.from({ length: shards - 1 }, () => keep(new ShardWorker()));
      await Promise.all(workers.map((worker) => worker.prepare(program, threads)));
      return new NodeShards(await nodeExecutable(program, threads, memory), workers, memory);
    });
  }

  run(shared: Inputs, shards: readonly Inputs[], into: readonly Inputs[] = []): Promise<readonly Values[]> {
    return this.turns.take(() => this.compute(shared, shards, into));
  }

  private async compute(
    shared: Inputs,
    shards: readonly Inputs[],
    into: readonly Inputs[],
  ): Promise<readonly Values[]> {
    const [intoFirst, ...intoOthers] = into;
    const [first, ...others] = shards as readonly [Inputs, ...Inputs[]];
    // Values that were disposed of are found before anything is sent.
    const [ofAll, ofFirst] = [this.memory.tensorsOf(shared), this.memory.tensorsOf(first)];
    const sent = others.map((inputs) => this.memory.tensorsOf(inputs));
    const targets = others.map((_, i) => this.memory.tensorsOf(intoOthers[i] ?? {}));
    const toAll = others.length > 0 ? this.share(ofAll) : {};
    const needed = new Set([ofAll, ofFirst, ...sent, ...into].flatMap(buffersOf));
    const away = sent.map((own, i) => {
      const returned = this.toReturn(targets[i] as Values, needed);
      const request = { inputs: { ...toAll, ...own }, into: returned };
      const transfer = [...buffersOf(others[i] as Inputs), ...buffersOf(returned)];
      return this.onWorker(this.workers[i] as ShardWorker, request, transfer, intoOthers[i]);
    });
    // All have to end before a failure of one is told: a late reply would be taken for that of the next run.
    const settled = await Promise.allSettled([this.own.run({ ...shared, ...first }, intoFirst), ...away]);
    return settled.map((each) => {
      if (each.status === "rejected") throw each.reason;
      return each.value;
    });
  }

  /** Those that a worker sent: their memory goes back to it, to be written to again, unless this run needs it here. */
  private toReturn(targets: Values, needed: ReadonlySet<ArrayBufferLike>): Values {
    const free = Object.entries(targets).filter(
      ([, target]) => this.came.has(target) && !needed.has(target.data.buffer),
    );
    return Object.fromEntries(free);
  }

  private async onWorker(
    worker: ShardWorker,
    request: ShardRequest,
    transfer: readonly ArrayBuffer[],
    into: Inputs = {},
  ): Promise<Values> {
    const reply = await worker.ask(request, transfer);
    if ("results" in reply) return this.written(reply.results, into);
    this.written(reply.into, into);
    throw new VrnnError("runtime/run", reply.error);
  }

  /** What a thread has sent, where it was to be written: a device value takes the memory over that came. */
  private written(results: Values, into: Inputs): Values {
    const left: Record<string, TensorValue> = {};
    for (const [name, result] of Object.entries(results)) {
      const given = into[name];
      if (given === undefined) left[name] = result;
      else if (isDeviceValue(given)) {
        this.memory.replace(given, result);
        this.came.add(result);
      } else {
        (given.data as Float32Array).set(result.data as Float32Array);
        left[name] = given;
      }
    }
    return left;
  }

  dispose(): Promise<void> {
    return this.turns.close(async () => {
      await Promise.all([this.own.dispose(), ...this.workers.map((worker) => worker.dispose())]);
    });
  }
}

class ShardWorker {
  private readonly worker = new Worker(workerFile);
  /** Who waits for the reply to the last request. */
  private waiting: Waiting | undefined;
  /** What made the thread end, once it has. */
  private ended: VrnnError | undefined;

  constructor() {
    this.worker.unref();
    this.worker.on("message", (reply: ShardReply) => this.take(reply));
    this.worker.on("error", (cause) => this.fail(threadEnded(cause))); // such as memory that ran out
    this.worker.on("exit", (status) => this.fail(threadEnded(`exit status ${status}`)));
  }

  /** @throws VrnnError `runtime/compile` */
  async prepare(program: Program, threads: number): Promise<void> {
    const reply = await this.ask({ program, threads });
    if ("error" in reply) throw new VrnnError("runtime/compile", reply.error);
  }

  /**
   * Sends a request, handing over some buffers, and waits for the reply, or for the end of the thread.
   *
   * @throws VrnnError `runtime/run` for what cannot be sent, such as a buffer that was handed over before
   */
  ask(request: ShardRequest, transfer: readonly ArrayBuffer[] = []): Promise<ShardReply> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) return reject(this.ended);
      try {
        // Memory that is gone is empty: left out here it is refused, handed over no reply would ever come.
        this.worker.postMessage(
          request,
          transfer.filter(({ byteLength }) => byteLength > 0),
        );
      } catch (cause) {
        return reject(notSent(cause));
      }
      this.waiting = { resolve, reject };
      this.worker.ref();
    });
  }

  private take(reply: ShardReply): void {
    this.worker.unref();
    this.waiting?.resolve(reply);
  }

  private fail(ended: VrnnError): void {
    this.ended ??= ended;
    this.waiting?.reject(this.ended);
  }

  async dispose(): Promise<void> {
    await this.worker.terminate();
  }
}

interface Waiting {
  readonly resolve: (reply: ShardReply) => void;
  readonly reject: (error: VrnnError) => void;
}

const notSent = (cause: unknown): VrnnError =>
  new VrnnError("runtime/run", `a shard's inputs cannot be handed over to its thread: ${ortReason(cause)}`, {
    remedy: "feed memory that no run was handed before, and that no other input stands in",
    cause,
  });

const threadEnded = (cause: unknown): VrnnError =>
  new VrnnError("runtime/thread", `a thread that computes a shard has ended: ${ortReason(cause)}`, {
    remedy: "memory may have run out: try smaller batches or windows, or fewer shards",
    cause,
  });
