import type { Program } from "../onnx/lower.ts";
import { HostMemory } from "./device-memory.ts";
import { OrtExecutable, type OrtSession, type OrtTensor, type ToOrt } from "./ort.ts";
import { type Executable, isDeviceValue, type TensorValue } from "./runtime.ts";
import { SerialQueue } from "./serial-queue.ts";
import { GpuMemory } from "./webgpu-memory.ts";

/** Where onnxruntime-web computes. */
export type WebDevice = "wasm" | "webgpu";

/** ONNX Runtime for browsers; of its packages, which hold different binaries, all have this interface. */
export type WebOrt = typeof import("onnxruntime-web");

/** The packages of ONNX Runtime by device; only the one that is used is loaded. */
const packages: Readonly<Record<WebDevice, () => Promise<WebOrt>>> = {
  wasm: () => import("onnxruntime-web/wasm"),
  webgpu: () => import("onnxruntime-web/webgpu"),
};

export interface LoadOptions {
  readonly threads: number;
  /** See `WebRuntimeOptions`. */
  readonly wasmPaths: string | undefined;
}

/** Loads ONNX Runtime. Threads and paths are those of the first call on this page or in this worker. */
export async function loadOrt(device: WebDevice, { threads, wasmPaths }: LoadOptions): Promise<WebOrt> {
  const ort = await packages[device]();
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "error";
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  return ort;
}

/** What stands behind the device values of a runtime in a browser. */
export type WebMemory = HostMemory | GpuMemory;

export const webMemory = (ort: WebOrt, device: WebDevice): WebMemory =>
  device === "webgpu" ? new GpuMemory(ort) : new HostMemory(device);

/** A program made ready by ONNX Runtime for browsers. @param memory behind the device values that it is given */
export async function webExecutable(
  ort: WebOrt,
  device: WebDevice,
  program: Program,
  memory: WebMemory,
): Promise<Executable> {
  const wrap = ({ dtype, data, shape }: TensorValue): OrtTensor => new ort.Tensor(dtype, data, shape);
  const toOrt: ToOrt = (value, what) => {
    if (!isDeviceValue(value)) return wrap(value);
    return memory instanceof GpuMemory ? memory.ortOf(value, what) : wrap(memory.contentOf(value, what));
  };
  try {
    const options = { executionProviders: [device], logSeverityLevel: 4 } as const;
    const session = await turns.take(() => ort.InferenceSession.create(program.model, options));
    return new OrtExecutable(orderlySession(session), program, toOrt);
  } catch (cause) {
    throw (await import("./ort-errors.ts")).webCompileError(cause);
  }
}

/** On WebGPU, sessions must neither be made nor run while another one is. */
const turns = new SerialQueue();

/**
 * A session that waits for its turn. On WebAssembly ONNX Runtime computes in memory of its own: what is to be written to
 * given memory of the host is copied there.
 */
const orderlySession = (session: OrtSession): OrtSession => ({
  async run(feeds, fetches) {
    const wanted = Object.fromEntries(
      Object.entries(fetches).map(([name, given]) => [name, isOnHost(given) ? null : given]),
    );
    const results = await turns.take(() => session.run(feeds, wanted));
    for (const [name, given] of Object.entries(fetches))
      if (isOnHost(given))
        (given.data as Float32Array).set((results[name] as OrtTensor).data as Float32Array);
    return results;
  },
  release: () => turns.take(() => session.release()),
});

const isOnHost = (tensor: OrtTensor | null): tensor is OrtTensor => tensor?.location === "cpu";
