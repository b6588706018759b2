import { LiveDetector } from "../anomaly/live-detector.ts";
import type { LiveFormat } from "../data/files-live.ts";
import { VrnnError } from "../errors.ts";
import { Stream } from "../inference/stream.ts";
import { requireCausal } from "../models/model.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";
import { type Files, filesOf, tableRun } from "./context.ts";
import { type Event, type NoteEvent, note } from "./event.ts";
import { readPath, seed } from "./inputs.ts";
import { operation } from "./operation.ts";
import { type WatchCounts, Watcher } from "./watcher.ts";

const FORMATS = ["csv", "jsonl"] as const satisfies readonly LiveFormat[];

const FORECASTS = ["interval", "mean"] as const;

const input = z.strictObject({
  data: readPath(
    "--data <path>",
    "where the run's data are now; the threshold of flags is set by their validation split",
  ),
  format: option(z.optional(z.enum(FORMATS)), {
    flag: "--format <name>",
    help: `${FORMATS.join(", ")} (default: seen from the first line)`,
  }),
  forecast: option(z._default(z.enum([...FORECASTS, "none"]), "interval"), {
    flag: "--forecast <what>",
    help: `${FORECASTS.join(", ")}: a mean alone is quicker`,
    off: { value: "none", help: "say nothing of the next step, which is quicker still" },
  }),
  flags: option(z._default(z.boolean(), true), {
    flag: "--no-flags",
    help: "do not look for what is odd; needs no data",
  }),
  every: option(z._default(z.int().check(z.minimum(1, "it must be at least 1")), 1), {
    flag: "--every <count>",
    help: "answer every so many steps, and odd ones always",
  }),
  seed: seed("of the draws of the latent variables"),
  alarmsPerHour: option(z._default(z.number().check(z.gt(0, "it must be above 0")), 1), {
    flag: "--alarms-per-hour <rate>",
    help: "the most false alarms wanted",
  }),
});

export const watch = operation({
  input,
  output: "answers",
  async *run(context, input): AsyncGenerator<Event<WatchCounts>> {
    const files = filesOf(context);
    const run = await tableRun(context, "watch");
    requireCausal(run.model, "score whole sequences, or forecast from them");
    const runtime = await context.runtime();
    const detector = input.flags ? yield* calibrated(files, input) : undefined;
    const { model, weights } = run;
    const stream = await Stream.open({
      runtime,
      model,
      weights,
      columns: run.columns,
      seed: input.seed,
      forecast: input.forecast,
    });
    const { signal } = context;
    const watcher = new Watcher({ ...input, run, stream, detector, openSteps: files.openSteps });
    try {
      for await (const line of files.lines()) {
        const answers = await watcher.answer(line);
        if (signal.aborted) break;
        yield* answers;
      }
    } finally {
      await stream.close();
    }
    const summary = watcher.summary();
    yield signal.aborted ? { type: "stopped", text: summary } : note(summary);
    yield { type: "result", value: watcher.counts, summary: watcher.counts };
  },
});

/** A detector, or none where the data to set its threshold by are not there, which is told. */
async function* calibrated(
  files: Files,
  { data, seed, alarmsPerHour }: z.output<typeof input>,
): AsyncGenerator<NoteEvent, LiveDetector | undefined> {
  const started = performance.now();
  try {
    const detector = await files.detector({ path: data, seed, alarmsPerHour });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    yield note(`flags: set by the validation split in ${seconds} s`);
    return new LiveDetector(detector);
  } catch (error) {
    if (data !== undefined || !(error instanceof VrnnError)) throw error;
    yield note(`no flags: ${error.message}`);
    return undefined;
  }
}
