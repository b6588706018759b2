import { duration } from "../text/figures.ts";
import type { CliCommand } from "./command.ts";
import { printJson } from "./output.ts";
import { decimal, list, wholeNumber } from "./parse.ts";
import { stopOnSignals } from "./signals.ts";
import { isLive, tell } from "./terminal.ts";

interface Options {
  readonly out: string;
  readonly name: string;
  readonly seconds: number;
  readonly incidents: number;
  readonly kinds?: readonly string[];
  readonly seed: number;
  readonly json?: true;
}

export const record: CliCommand = {
  name: "record",
  summary: "record this machine (Linux) under a load of the project's own, with or without incidents",
  define: (command) =>
    command
      .option("--out <folder>", "where the recording goes", "recordings")
      .option(
        "--name <name>",
        "of the table; names that begin with train-, valid- or test- say what it is for",
        "train-01.csv.gz",
      )
      .option("--seconds <seconds>", "how long it lasts", decimal, 240)
      .option("--incidents <count>", "how many incidents are injected", wholeNumber, 0)
      .option("--kinds <names>", "kinds of incidents, by comma (default: all)", list)
      .option("--seed <number>", "of the load and of the times of incidents", wholeNumber, 1)
      .option("--json", "print one JSON object on stdout")
      .action(run),
};

async function run({ json, ...options }: Options): Promise<void> {
  const { record: recordMachine } = await import("../telemetry/record.ts");
  const stop = stopOnSignals();
  const progress = progressLine(options.seconds);
  try {
    const recording = await recordMachine({ ...options, onProgress: progress.show, signal: stop.signal });
    progress.close();
    tell(
      `${recording.rows} rows in ${recording.table}, ${recording.incidents.length} incidents in ${recording.labels}`,
    );
    if (json) printJson(recording);
  } catch (error) {
    progress.close();
    if (!stop.signal.aborted) throw error;
    tell("stopped; nothing was written");
    process.exitCode = stop.status() ?? 1;
  } finally {
    stop.release();
  }
}

/** Time and what goes on: rewritten on a terminal, a line every half minute elsewhere. */
function progressLine(seconds: number) {
  const live = isLive(process.stderr);
  let shown = Number.NEGATIVE_INFINITY;
  const show = ({ time, incident }: { time: number; incident?: string }) => {
    if (time - shown < (live ? 1 : 30) && time < seconds) return;
    shown = time;
    const text = `${duration(time)} of ${duration(seconds)}${incident === undefined ? "" : `  ${incident}`}`;
    process.stderr.write(live ? `\r${text}\u001b[K` : `${text}\n`);
  };
  const close = () => void (live && Number.isFinite(shown) && process.stderr.write("\n"));
  return { show, close };
}
