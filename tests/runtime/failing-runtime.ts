/** Node's runtime, of which one request fails. */
import { VrnnError } from "../../src/errors.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";

/** What was asked of the runtime, and what of it is still open. */
export interface Ledger {
  requests: number;
  /** Sessions that were not given back. */
  sessions: number;
}

/** @param failing the place of the request, for a session or a device value, that fails */
export function failingRuntime(failing: number): { readonly runtime: Runtime; readonly ledger: Ledger } {
  const own = nodeRuntime();
  const ledger: Ledger = { requests: 0, sessions: 0 };
  const asked = () => {
    ledger.requests += 1;
    if (ledger.requests - 1 === failing) throw new VrnnError("runtime/compile", "there is no room");
  };
  const session = async <Made extends { dispose(): Promise<void> }>(making: () => Promise<Made>) => {
    asked();
    const made = await making();
    ledger.sessions += 1;
    const dispose = made.dispose.bind(made);
    made.dispose = () => {
      ledger.sessions -= 1;
      return dispose();
    };
    return made;
  };
  const runtime: Runtime = {
    name: "failing",
    compile: (program) => session(() => own.compile(program)),
    compileShards: (program, shards) => session(() => own.compileShards(program, shards)),
    upload: async (value) => {
      asked();
      return own.upload(value);
    },
    download: (value) => own.download(value),
    view: (value) => own.view(value),
    get held() {
      return own.held;
    },
  };
  return { runtime, ledger };
}
