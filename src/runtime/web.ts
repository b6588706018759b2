import { VrnnError } from "../errors.ts";
import type { Program } from "../onnx/lower.ts";
import type { Executable, Inputs, Runtime, ShardedExecutable, Values } from "./runtime.ts";
import { SerialQueue } from "./serial-queue.ts";
import { loadOrt, type WebDevice, webExecutable, webMemory } from "./web-session.ts";

/** How ONNX Runtime computes in a browser. */
export interface WebRuntimeOptions {
  /** Threads inside one op, such as a large matrix product; as many as there are cores, four at most, unless told. */
  readonly threads?: number | undefined;
  /** `wasm` unless told; `auto` is WebGPU where the browser has an adapter for it. */
  readonly device?: WebDevice | "auto" | undefined;
  /**
   * The URL of the folder that holds ONNX Runtime's files (`ort-wasm-simd-threaded*.mjs` and `.wasm`), with a slash at
   * the end. Without it they are looked for where a bundler that knows them has put them, beside the bundle.
   */
  readonly wasmPaths?: string | undefined;
}

/** The runtime that was found, which may be less than what was asked for. */
export interface WebRuntime extends Runtime {
  readonly name: WebDevice;
  readonly threads: number;
  /** Why it is less, one line each, for a person to read. */
  readonly notes: readonly string[];
}

/**
 * ONNX Runtime in a browser, on a page or (better, so that the page stays responsive) in a worker.
 *
 * The shards of a batch are computed one after the other: the results are those of Node for the same number of shards,
 * up to rounding.
 *
 * @throws VrnnError `runtime/unsupported` in a browser without WebAssembly.
 * @example
 * const runtime = await webRuntime({ device: "auto" });
 * runtime.notes; // ["WebAssembly is used, as this browser offers no WebGPU adapter", ...]
 */
export async function webRuntime(options: WebRuntimeOptions = {}): Promise<WebRuntime> {
  if (typeof WebAssembly === "undefined")
    throw new VrnnError("runtime/unsupported", "this browser has no WebAssembly", {
      remedy: "use a current one, or allow WebAssembly in its settings",
    });
  const device = await findDevice(options.device ?? "wasm");
  const threads = findThreads(options.threads);
  const ort = await loadOrt(device.found, { threads: threads.found, wasmPaths: options.wasmPaths });
  const memory = webMemory(ort, device.found);
  const compile = (program: Program) => webExecutable(ort, device.found, program, memory);
  return {
    name: device.found,
    threads: threads.found,
    notes: [...device.notes, ...threads.notes],
    compile,
    compileShards: async (program) => new WebShards(await compile(program)),
    ...memory.methods,
    get held() {
      return memory.held;
    },
  };
}

/** One session for all shards of a batch. */
class WebShards implements ShardedExecutable {
  private readonly executable: Executable;
  private readonly turns = new SerialQueue();

  constructor(executable: Executable) {
    this.executable = executable;
  }

  run(shared: Inputs, shards: readonly Inputs[], into: readonly Inputs[] = []): Promise<readonly Values[]> {
    return this.turns.take(async () => {
      const results: Values[] = [];
      for (const [i, own] of shards.entries())
        results.push(await this.executable.run({ ...shared, ...own }, into[i]));
      return results;
    });
  }

  dispose(): Promise<void> {
    return this.turns.close(() => this.executable.dispose());
  }
}

interface Found<Value> {
  readonly found: Value;
  readonly notes: readonly string[];
}

async function findDevice(asked: WebDevice | "auto"): Promise<Found<WebDevice>> {
  if (asked === "wasm" || (await hasAdapter()))
    return { found: asked === "wasm" ? "wasm" : "webgpu", notes: [] };
  return { found: "wasm", notes: ["WebAssembly is used, as this browser offers no WebGPU adapter"] };
}

/** The part of WebGPU that tells whether there is any; not every browser has it. */
interface MaybeGpu {
  readonly gpu?: { requestAdapter(): Promise<unknown> };
}

async function hasAdapter(): Promise<boolean> {
  const { gpu } = navigator as MaybeGpu;
  return gpu !== undefined && (await gpu.requestAdapter()) !== null;
}

/** ONNX Runtime's own limit, unless more are asked for. */
const mostThreads = 4;

function findThreads(asked: number | undefined): Found<number> {
  const wanted = asked ?? Math.min(mostThreads, navigator.hardwareConcurrency);
  if (wanted <= 1 || globalThis.crossOriginIsolated) return { found: Math.max(1, wanted), notes: [] };
  return { found: 1, notes: [noThreads] };
}

const noThreads =
  "one thread is used, as WebAssembly threads need a cross-origin isolated page (serve it with the headers " +
  "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)";
