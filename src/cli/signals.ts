import { constants } from "node:os";

/** What asks a process to stop. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Under npx one Ctrl-C arrives twice, from the terminal and from npm; a person takes longer to insist. */
const INSIST_MILLISECONDS = 1_000;

export interface Stop {
  /** Aborts at the first request to stop. A later one ends the process at once. */
  readonly signal: AbortSignal;
  /** The exit status by which shells know the request that came: 130 for Ctrl-C; undefined when none did. */
  status(): number | undefined;
  /** Leaves requests to the system again. */
  release(): void;
}

/** Turns Ctrl-C and its like into an abort signal. */
export function stopOnSignals(): Stop {
  const controller = new AbortController();
  let first: { readonly status: number; readonly time: number } | undefined;
  const listen = (name: NodeJS.Signals) => {
    if (first === undefined) {
      first = { status: 128 + constants.signals[name], time: performance.now() };
      controller.abort();
    } else if (performance.now() - first.time > INSIST_MILLISECONDS) {
      release();
      process.kill(process.pid, name);
    }
  };
  const release = () => {
    for (const name of SIGNALS) process.removeListener(name, listen);
  };
  for (const name of SIGNALS) process.on(name, listen);
  return { signal: controller.signal, status: () => first?.status, release };
}
