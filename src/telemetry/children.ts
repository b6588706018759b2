import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { VrnnError } from "../errors.ts";

/** The child processes of one recording: all end with it, whatever ends it. */
export type Children = {
  /** Forks a program of this folder; `essential` ones must live as long as the recording. */
  start: (program: "server" | "client" | "disturber", options: StartOptions) => ChildProcess;
  /** Kills them all and waits until they are gone. */
  end: () => Promise<void>;
};

export type StartOptions = { rest: readonly (string | number)[]; essential: boolean };

/** @param onLoss told when an essential child ends by itself. */
export function createChildren(onLoss: (error: VrnnError) => void): Children {
  const running = new Set<ChildProcess>();
  let ending = false;
  const killAll = () => {
    for (const child of running) child.kill("SIGKILL");
  };
  process.once("exit", killAll);
  return {
    start: (program, { rest, essential }) => {
      // Room enough for a leak, so that it is the leak that is seen and not a crash; and a way to give it back.
      const execArgv = ["--max-old-space-size=1024", "--expose-gc"];
      const child = fork(new URL(`./${program}.js`, import.meta.url), rest.map(String), { execArgv });
      running.add(child);
      child.on("exit", (code) => {
        running.delete(child);
        if (essential && !ending) onLoss(lost(program, code));
      });
      return child;
    },
    end: async () => {
      ending = true;
      const gone = [...running].map((child) => once(child, "exit"));
      killAll();
      await Promise.all(gone);
      process.removeListener("exit", killAll);
    },
  };
}

function lost(program: string, code: number | null): VrnnError {
  return new VrnnError(
    "telemetry/child",
    `the ${program} process ended by itself (exit ${code ?? "by signal"})`,
    {
      remedy: "look at its messages above, then record again",
    },
  );
}
