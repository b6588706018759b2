import { join } from "node:path";
import { describeDataset } from "../data/summary.ts";
import { VrnnError } from "../errors.ts";
import type { DetectionQuality, Recall } from "../metrics/detection.ts";
import { type Event, note } from "../operations/event.ts";
import { readPath } from "../operations/inputs.ts";
import { operation } from "../operations/operation.ts";
import { runOut } from "../operations/written-inputs.ts";
import { option } from "../options.ts";
import { RunFolder } from "../run/folder.ts";
import { aligned } from "../words/aligned.ts";
import { grouped, nats } from "../words/figures.ts";
import * as z from "../zod.ts";
import { type DemoResult, type NatsComparison, runDemo } from "./demo.ts";
import { readRecordings, shippedRecordings } from "./recordings.ts";

const usualFolder = join("runs", "demo");

/** The main job as an operation; it needs the recordings of the project, or others in a folder. */
export const demo = operation({
  input: z.strictObject({
    data: readPath(
      "--data <folder>",
      "recordings of your own, made by vrnn record (default: those of the project)",
    ),
    out: runOut(`where the run is kept (default: ${usualFolder}, written anew)`),
    epochs: option(z.optional(z.int()), { flag: "--epochs <count>", help: "passes over the training data" }),
    force: option(z._default(z.boolean(), false), {
      flag: "--force",
      help: "start over where a run is already",
    }),
  }),
  output: "figures",
  async *run(
    context,
    { data: source = shippedRecordings, out, epochs, force },
  ): AsyncGenerator<Event<DemoResult>> {
    const started = performance.now();
    const recordings = readRecordings(source);
    const { data, incidents } = recordings;
    context.notice(data.notes);
    for (const line of describeDataset(data)) yield note(line);
    yield note(`${incidents.flat().length} incidents in the test recordings; the model never sees a label`);
    const path = out ?? usualFolder;
    const start = startOf(path, out === undefined || force);
    const runtime = await context.runtime();
    const { signal } = context;
    const value = yield* runDemo({ path, recordings, epochs, start, runtime, signal });
    if (value === undefined) return;
    const { writeDemoReport } = await import("./report.ts"); // what draws is heavy to load
    const report = writeDemoReport(recordings, value);
    const seconds = (performance.now() - started) / 1000;
    const { natsPerStep, study } = value;
    const closing = `report: ${report}  (${seconds.toFixed(0)} s)`;
    const lines = [...natsLines(natsPerStep), "", ...incidentLines(study.quality), "", closing];
    yield { type: "lines", lines };
    yield { type: "result", value, summary: summaryOf(natsPerStep, study.quality, seconds, report) };
  },
});

function startOf(path: string, mayReplace: boolean): "new" | "replace" {
  if (!RunFolder.isRun(path)) return "new";
  if (mayReplace) return "replace";
  throw new VrnnError("run/exists", "there is a run in this folder already", {
    at: path,
    remedy: "start over with --force, or choose another folder with --out",
  });
}

const summaryOf = (
  natsPerStep: NatsComparison,
  quality: DetectionQuality,
  seconds: number,
  report: string,
) => {
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
