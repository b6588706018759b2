/** What a page and its worker tell each other. */
import { VrnnError } from "../errors.ts";
import type { WebRuntime, WebRuntimeOptions } from "../runtime/web.ts";
import type { TaskName, Told } from "./tasks.ts";

/** What the worker found to compute with. */
export type WorkerRuntime = Pick<WebRuntime, "name" | "threads" | "notes">;

/** From the page: `open` comes first, and every other request has a number that its replies repeat. */
export type Request =
  | { readonly type: "open"; readonly id: number; readonly options: WebRuntimeOptions }
  | { readonly type: "run"; readonly id: number; readonly task: TaskName; readonly job: object }
  | { readonly type: "abort"; readonly id: number };

/** From the worker. */
export type Reply =
  | { readonly type: "event"; readonly id: number; readonly event: Told }
  | { readonly type: "result"; readonly id: number; readonly result: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: TravellingError };

/** The parts of an error: classes do not survive the way between threads. */
export interface TravellingError {
  readonly code: string;
  readonly what: string;
  readonly at?: string | undefined;
  readonly remedy?: string | undefined;
}

export function packError(error: unknown): TravellingError {
  if (error instanceof VrnnError)
    return { code: error.code, what: error.what, at: error.at, remedy: error.remedy };
  return { code: "web/worker", what: error instanceof Error ? error.message : String(error) };
}

export const unpackError = ({ code, what, at, remedy }: TravellingError): VrnnError =>
  new VrnnError(code, what, { ...(at !== undefined && { at }), ...(remedy !== undefined && { remedy }) });

/**
 * The memory of all arrays of numbers in a value, each once, to hand it over to another thread.
 *
 * @example
 * transferables({ a: Float32Array.of(1), b: [new Float64Array(2)] }); // [ArrayBuffer(4), ArrayBuffer(16)]
 */
export function transferables(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const collect = (part: unknown): void => {
    if (ArrayBuffer.isView(part)) {
      if (part.buffer instanceof ArrayBuffer) found.add(part.buffer);
    } else if (isPlain(part)) Object.values(part).forEach(collect);
  };
  collect(value);
  return [...found];
}

const isPlain = (value: unknown): value is object =>
  Array.isArray(value) ||
  (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype);
