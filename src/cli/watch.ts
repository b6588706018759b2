import { once } from "node:events";
import type { Readable } from "node:stream";
import type { LiveFormat } from "../data/files-live.ts";
import { VrnnError } from "../errors.ts";
import type { Run } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { LiveDetector } from "../tasks/live-detector.ts";
import type { CliCommand } from "./command.ts";
import { usageError } from "./errors.ts";
import { decimal, oneOf, wholeNumber } from "./parse.ts";
import { stopOnSignals } from "./signals.ts";
import { tell } from "./terminal.ts";
import type { Watcher } from "./watcher.ts";

const FORMATS = ["csv", "jsonl"] as const satisfies readonly LiveFormat[];

const FORECASTS = ["interval", "mean"] as const;

interface Options {
  readonly data?: string;
  readonly format?: LiveFormat;
  readonly forecast: (typeof FORECASTS)[number] | false;
  readonly flags: boolean;
  readonly every: number;
  readonly seed: number;
  readonly alarmsPerHour: number;
}

export const watch: CliCommand = {
  name: "watch",
  summary: "follow live data on stdin, a step a line: score each, flag what is odd, forecast the next",
  define: (command) =>
    command
      .argument("<run>", "the folder of a run")
      .option(
        "--data <path>",
        "where the run's data are now; the threshold of flags is set by their validation split",
      )
      .option("--format <name>", `${FORMATS.join(", ")} (default: seen from the first line)`, oneOf(FORMATS))
      .option(
        "--forecast <what>",
        `${FORECASTS.join(", ")}: a mean alone is quicker`,
        oneOf(FORECASTS),
        "interval",
      )
      .option("--no-forecast", "say nothing of the next step, which is quicker still")
      .option("--no-flags", "do not look for what is odd; needs no data")
      .option("--every <count>", "answer every so many steps, and odd ones always", wholeNumber, 1)
      .option("--seed <number>", "of the draws of the latent variables", wholeNumber, 1)
      .option("--alarms-per-hour <rate>", "the most false alarms wanted", decimal, 1)
      .action(run),
};

async function run(path: string, options: Options): Promise<void> {
  if (options.every < 1) throw usageError("option '--every': it must be at least 1");
  if (!(options.alarmsPerHour > 0)) throw usageError("option '--alarms-per-hour': it must be above 0");
  const [{ openRun }, { nodeRuntime }, { Stream }, { Watcher }] = await Promise.all([
    import("../run/run.ts"),
    import("../runtime/node.ts"),
    import("../tasks/stream.ts"),
    import("./watcher.ts"),
  ]);
  const trained = openRun(path);
  const runtime = nodeRuntime();
  const detector = options.flags ? await calibrated(trained, runtime, options) : undefined;
  const { config, model, weights } = trained;
  const stream = await Stream.open({
    runtime,
    model,
    weights,
    columns: config.columns,
    seed: options.seed,
    forecast: options.forecast === false ? "none" : options.forecast,
  });
  try {
    await follow(new Watcher({ run: trained, stream, detector, ...options }));
  } finally {
    await stream.close();
  }
}

/** A detector, or none where the data to set its threshold by are not there, which is told. */
async function calibrated(
  trained: Run,
  runtime: Runtime,
  { data, seed, alarmsPerHour }: Options,
): Promise<LiveDetector | undefined> {
  const [{ detectorOfRun }, { LiveDetector }] = await Promise.all([
    import("../run/detector.ts"),
    import("../tasks/live-detector.ts"),
  ]);
  const started = performance.now();
  try {
    const detector = await detectorOfRun(trained, runtime, { path: data, seed, alarmsPerHour });
    tell(`flags: set by the validation split in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return new LiveDetector(detector);
  } catch (error) {
    if (data !== undefined || !(error instanceof VrnnError)) throw error;
    tell(`no flags: ${error.message}`);
    return undefined;
  }
}

/** Reads stdin to its end, or until it is asked to stop or nobody reads the answers. */
async function follow(watcher: Watcher): Promise<void> {
  const [{ linesOf }, stop, closed] = [
    await import("../data/lines.ts"),
    stopOnSignals(),
    new AbortController(),
  ];
  const signal = AbortSignal.any([stop.signal, closed.signal]);
  process.stdout.once("error", () => closed.abort()).once("close", () => closed.abort());
  try {
    for await (const line of linesOf(untilAborted(process.stdin, signal))) {
      const answer = await watcher.answer(line);
      if (signal.aborted) break;
      if (answer !== undefined && !process.stdout.write(answer))
        await once(process.stdout, "drain", { signal }).catch(() => {}); // asked to stop meanwhile
    }
  } finally {
    stop.release();
  }
  tell(watcher.summary());
  const status = stop.status();
  if (status !== undefined) process.exitCode = status;
}

async function* untilAborted(input: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const close = () => input.destroy();
  signal.addEventListener("abort", close);
  try {
    if (!signal.aborted) yield* input;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}
