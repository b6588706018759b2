import { constants } from "node:os";

/** What asks a process to stop. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Stop {
  /** Aborts at the first request to stop; the second one ends the process at once. */
  readonly signal: AbortSignal;
  /** The exit status by which shells know the request that came: 130 for Ctrl-C; undefined when none did. */
  status(): number | undefined;
  /** Leaves requests to the system again. */
  release(): void;
}

/** Turns Ctrl-C and its like into an abort signal. */
export function stopOnSignals(): Stop {
  const controller = new AbortController();
  let status: number | undefined;
  const listen = (name: NodeJS.Signals) => {
    status = 128 + constants.signals[name];
    controller.abort();
    release();
  };
  const release = () => {
    for (const name of SIGNALS) process.removeListener(name, listen);
  };
  for (const name of SIGNALS) process.on(name, listen);
  return { signal: controller.signal, status: () => status, release };
}
