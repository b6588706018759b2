import type { Sequence } from "../data/dataset.ts";
import { counted } from "../data/summary.ts";
import type { Run } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Forecast } from "../tasks/forecast.ts";
import type { ForecastTableOptions } from "../tasks/forecast-table.ts";
import type { Recalibration } from "../tasks/recalibrate.ts";
import { duration } from "../text/figures.ts";
import { addDataOptions, type Chosen, chosenData, type DataOptions } from "./chosen.ts";
import type { CliCommand } from "./command.ts";
import { usageError } from "./errors.ts";
import { printJson, requirePlace, writeTables } from "./output.ts";
import { decimal, levels, wholeNumber } from "./parse.ts";
import { tell } from "./terminal.ts";

interface Options extends DataOptions {
  readonly horizon: number;
  readonly samples: number;
  readonly quantiles: readonly number[];
  readonly out?: string;
  readonly paths?: string;
  readonly picture?: string;
  readonly future?: string;
  readonly seed: number;
  readonly temperature: number;
  readonly calibrate: boolean;
  readonly json?: true;
}

export const forecast: CliCommand = {
  name: "forecast",
  summary: "what comes after the last step of some sequences: means, quantiles, sample paths",
  define: (command) =>
    addDataOptions(command.argument("<run>", "the folder of a run"))
      .option("--horizon <steps>", "how far ahead", wholeNumber, 60)
      .option("--samples <count>", "particles, each a path into the future", wholeNumber, 200)
      .option("--quantiles <levels>", "between 0 and 1, by comma", levels, [0.1, 0.5, 0.9])
      .option("--out <file>", "where the table goes (default: stdout)")
      .option("--paths <file>", "where the sample paths go, if anywhere")
      .option("--picture <file>", "where a picture of the first sequence goes, if anywhere (SVG)")
      .option("--future <file>", "a table of the covariates of the steps to come, for a model that has some")
      .option(
        "--no-calibrate",
        "the model's own quantiles, not put right by how earlier forecasts turned out",
      )
      .option("--seed <number>", "the same seed gives the same forecast", wholeNumber, 1)
      .option("--temperature <factor>", "1 is the model's own spread, less is tamer", decimal, 1)
      .option("--json", "print one JSON object on stdout; needs --out")
      .action(run),
};

async function run(path: string, options: Options): Promise<void> {
  const { horizon, samples: particles, seed, temperature, out, json, quantiles } = options;
  checkOptions(options);
  const [{ openRun }, { nodeRuntime }, { forecastSequences }, { forecastTable, pathTable }] =
    await Promise.all([
      import("../run/run.ts"),
      import("../runtime/node.ts"),
      import("../tasks/forecast.ts"),
      import("../tasks/forecast-table.ts"),
    ]);
  const trained = openRun(path);
  const runtime = nodeRuntime();
  const chosen = await chosenData(trained.config, options);
  const future = await futureOf(trained, chosen, options.future);
  const { model, weights, config } = trained;
  const { columns } = config;
  const settings = { runtime, model, weights, columns, particles, seed, horizon, temperature };
  const forecasts = await forecastSequences({
    ...settings,
    sequences: chosen.sequences,
    ...(future && { future }),
  });
  const recalibration = await recalibrationOf(trained, runtime, options);
  const recalibrations =
    recalibration &&
    (await adaptedTo(trained, runtime, { recalibration, horizon, sequences: chosen.sequences }));
  const table = { columns, levels: quantiles, recalibrations, time: chosen.time };
  await writeTables([
    [out, forecastTable(forecasts, table)],
    ...optional(options.paths, () => pathTable(forecasts, columns, chosen.time)),
    ...optional(options.picture, await pictureOf(forecasts, table)),
  ]);
  const isCalibrated = recalibration !== undefined;
  const { length: sequences } = forecasts;
  if (out !== undefined)
    tell(
      `forecasts of ${counted(sequences, "sequence")}, ${counted(horizon, "step")} ahead, written to ${out}`,
    );
  if (json) {
    const files = { out, paths: options.paths, picture: options.picture };
    printJson({
      ...files,
      sequences,
      horizon,
      samples: particles,
      quantiles,
      isCalibrated,
      seed,
      temperature,
    });
  }
}

function checkOptions({ horizon, samples, temperature, out, json }: Options): void {
  requirePlace(json, out);
  if (horizon < 1) throw usageError("option '--horizon': there must be one step at least");
  if (samples < 1) throw usageError("option '--samples': there must be one at least");
  if (!(temperature > 0)) throw usageError("option '--temperature': it must be above 0");
}

const optional = (path: string | undefined, content: () => string): [string, string][] =>
  path === undefined ? [] : [[path, content()]];

async function futureOf(
  trained: Run,
  { sequences }: Chosen,
  path: string | undefined,
): Promise<Float64Array[] | undefined> {
  if (path === undefined) return undefined;
  const { readFuture } = await import("../run/covariates.ts");
  return readFuture(trained, path, sequences);
}

/** What puts the quantiles right; nothing where that is not wanted, or cannot be learned, which is told. */
async function recalibrationOf(
  trained: Run,
  runtime: Runtime,
  { calibrate, temperature }: Options,
): Promise<Recalibration | undefined> {
  if (!calibrate || temperature !== 1) return undefined;
  const [{ calibrationOf }, { VrnnError }] = await Promise.all([
    import("../run/calibration.ts"),
    import("../errors.ts"),
  ]);
  if (trained.folder.calibration().bytes === undefined)
    tell("learning from the validation split how forecasts turn out, once");
  try {
    return await calibrationOf(trained, runtime);
  } catch (cause) {
    const isLacking = cause instanceof VrnnError && ["calibrate/too-few", "run/data"].includes(cause.code);
    if (!isLacking) throw cause;
    tell(`note: the quantiles are the model's own: ${cause.message}`);
    return undefined;
  }
}

interface Adapted {
  readonly recalibration: Recalibration;
  readonly horizon: number;
  readonly sequences: readonly Sequence[];
}

/** The recalibration of each sequence, adapted to how forecasts within it turned out. */
async function adaptedTo(
  trained: Run,
  runtime: Runtime,
  { recalibration, horizon, sequences }: Adapted,
): Promise<Map<Sequence, Recalibration>> {
  const { adaptToHistory } = await import("../run/calibration.ts");
  const adapted = new Map<Sequence, Recalibration>();
  const start = performance.now();
  for (const sequence of sequences) {
    adapted.set(sequence, await adaptToHistory(trained, runtime, { recalibration, horizon, sequence }));
    const left = ((performance.now() - start) / 1000) * (sequences.length / adapted.size - 1);
    tell(
      `quantiles adapted to ${sequence.name}, ${adapted.size} of ${sequences.length}, ${duration(left)} left`,
    );
  }
  return adapted;
}

/** Draws the forecast of the first sequence: intervals of 50, 80 and 95 %. */
async function pictureOf(
  forecasts: readonly Forecast[],
  options: ForecastTableOptions,
): Promise<() => string> {
  const [{ forecastContent, forecastPicture }, { forecastEstimates }] = await Promise.all([
    import("../run/report-content.ts"),
    import("../tasks/forecast-table.ts"),
  ]);
  return () => {
    const [first] = forecasts as [Forecast];
    const estimates = forecastEstimates(first, {
      ...options,
      levels: [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975],
    });
    const kind = options.time?.kind;
    const clock = kind === undefined ? "steps" : kind === "date" ? "date" : "seconds";
    return forecastPicture(forecastContent(first, estimates, options.columns), clock);
  };
}
