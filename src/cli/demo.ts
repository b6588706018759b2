import { join } from "node:path";
import type { DemoResult, NatsComparison } from "../demo/demo.ts";
import type { Recordings } from "../demo/recordings.ts";
import { VrnnError } from "../errors.ts";
import type { DetectionQuality, Recall } from "../metrics/detection.ts";
import { aligned } from "../text/aligned.ts";
import { grouped, nats } from "../text/figures.ts";
import type { CliCommand } from "./command.ts";
import { printJson, printLines } from "./output.ts";
import { wholeNumber } from "./parse.ts";
import { trainingProgress } from "./progress.ts";
import { stopOnSignals } from "./signals.ts";
import { tell } from "./terminal.ts";

interface Options {
  readonly data?: string;
  readonly out?: string;
  readonly epochs?: number;
  readonly force?: true;
  readonly json?: true;
}

const usualFolder = join("runs", "demo");

export const demo: CliCommand = {
  name: "demo",
  summary:
    "learn what is usual of a server from recorded telemetry, and find incidents in recordings never seen",
  define: (command) =>
    command
      .option(
        "--data <folder>",
        "recordings of your own, made by vrnn record (default: those of the project)",
      )
      .option("--out <folder>", `where the run is kept (default: ${usualFolder}, written anew)`)
      .option("--epochs <count>", "passes over the training data", wholeNumber)
      .option("--force", "start over where a run is already")
      .option("--json", "print one JSON object on stdout")
      .action(run),
};

async function run(options: Options): Promise<void> {
  const started = performance.now();
  const [{ readRecordings, shippedRecordings }, { writeDemoReport }] = await Promise.all([
    import("../demo/recordings.ts"),
    import("../demo/report.ts"),
  ]);
  const recordings = readRecordings(options.data ?? shippedRecordings);
  await describe(recordings);
  const result = await work(options, recordings);
  if (result === undefined) return;
  const report = writeDemoReport(recordings, result);
  const seconds = (performance.now() - started) / 1000;
  const { natsPerStep, study } = result;
  if (options.json) return printJson(summary(natsPerStep, study.quality, seconds, report));
  printLines([
    ...natsLines(natsPerStep),
    "",
    ...incidentLines(study.quality),
    "",
    `report: ${report}  (${seconds.toFixed(0)} s)`,
  ]);
}

async function describe({ data, incidents }: Recordings): Promise<void> {
  const { describeDataset } = await import("../data/summary.ts");
  for (const line of describeDataset(data)) tell(line);
  tell(`${incidents.flat().length} incidents in the test recordings; the model never sees a label`);
}

/** Trains and studies; undefined when it was asked to stop. */
async function work(
  { out, epochs, force }: Options,
  recordings: Recordings,
): Promise<DemoResult | undefined> {
  const path = out ?? usualFolder;
  const start = await startOf(path, out === undefined || force === true);
  const [{ demoEpochs, runDemo }, { nodeRuntime }] = await Promise.all([
    import("../demo/demo.ts"),
    import("../runtime/node.ts"),
  ]);
  const stop = stopOnSignals();
  const progress = trainingProgress(process.stderr, epochs ?? demoEpochs);
  try {
    const onEvent = progress.show.bind(progress);
    const result = await runDemo({
      path,
      recordings,
      epochs,
      start,
      runtime: nodeRuntime(),
      signal: stop.signal,
      onEvent,
    });
    if (result === undefined) {
      tell("stopped; the demo starts over when it is called again");
      process.exitCode = stop.status() ?? 1;
    }
    return result;
  } finally {
    progress.close();
    stop.release();
  }
}

async function startOf(path: string, mayReplace: boolean): Promise<"new" | "replace"> {
  const { RunFolder } = await import("../run/folder.ts");
  if (!RunFolder.isRun(path)) return "new";
  if (mayReplace) return "replace";
  throw new VrnnError("run/exists", "there is a run in this folder already", {
    at: path,
    remedy: "start over with --force, or choose another folder with --out",
  });
}

const summary = (natsPerStep: NatsComparison, quality: DetectionQuality, seconds: number, report: string) => {
  const { total, found, precision, recall, medianDelaySeconds, falseEventsPerHour, kinds } = quality;
  const incidents = {
    total,
    found,
    precision,
    recall,
    medianDelaySeconds,
    falseAlarmsPerHour: falseEventsPerHour,
    kinds,
  };
  return { natsPerStep, incidents, seconds, report };
};

const natsLines = ({ vrnn, var: autoregression, gaussian }: NatsComparison): string[] =>
  aligned([
    ["nats per step on clean test data", ""],
    ["  VRNN", nats(vrnn)],
    ["  vector autoregression", nats(autoregression)],
    ["  independent Gaussian", nats(gaussian)],
  ]);

const incidentLines = (quality: DetectionQuality): string[] => [
  ...aligned([
    ["incident", "found", "recall", "median delay"],
    ...Object.entries(quality.kinds).map(([kind, recall]) => recallRow(kind, recall)),
    recallRow("all", quality),
  ]),
  `alarms: ${grouped(quality.events)}, precision ${share(quality.precision)}, ${rate(quality.falseEventsPerHour)} false ones an hour`,
];

const recallRow = (name: string, { total, found, recall, medianDelaySeconds }: Recall): string[] => [
  name,
  `${found} of ${total}`,
  share(recall),
  medianDelaySeconds === null ? "-" : `${medianDelaySeconds.toFixed(1)} s`,
];

const share = (value: number | null): string => (value === null ? "-" : `${(100 * value).toFixed(0)} %`);

const rate = (value: number | null): string => (value === null ? "no" : value.toFixed(1));
