import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { Sequence } from "../data/dataset.ts";
import type { Run } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Coverage } from "../tasks/coverage.ts";
import type { Recalibration } from "../tasks/recalibrate.ts";
import { aligned } from "../text/aligned.ts";
import { grouped } from "../text/figures.ts";
import { addDataOptions, chosenData, type DataOptions } from "./chosen.ts";
import type { CliCommand } from "./command.ts";
import { usageError } from "./errors.ts";
import { printJson, printLines } from "./output.ts";
import { decimals, wholeNumber } from "./parse.ts";
import { tell } from "./terminal.ts";

interface Options extends DataOptions {
  readonly horizons: readonly number[];
  readonly samples: number;
  readonly origins: number;
  readonly seed: number;
  readonly json?: true;
}

/** The level of the intervals, and how far from it a coverage still counts as right. */
const LEVEL = 0.8;
const TOLERANCE = 0.04;

export const calibrate: CliCommand = {
  name: "calibrate",
  summary:
    "how often the intervals of forecasts hold what came, before and after recalibration, learned beforehand and adapted",
  define: (command) =>
    addDataOptions(command.argument("<run>", "the folder of a run"))
      .option("--horizons <steps>", "steps ahead, by comma", decimals, [1, 30])
      .option("--samples <count>", "particles of each forecast", wholeNumber, 200)
      .option("--origins <count>", "about how many forecasts to make", wholeNumber, 720)
      .option("--seed <number>", "the same seed gives the same table", wholeNumber, 1)
      .option("--json", "print one JSON object on stdout")
      .action(run),
};

async function run(path: string, options: Options): Promise<void> {
  checkOptions(options);
  const [{ openRun }, { nodeRuntime }, { calibrationOf }] = await Promise.all([
    import("../run/run.ts"),
    import("../runtime/node.ts"),
    import("../run/calibration.ts"),
  ]);
  const trained = openRun(path);
  const runtime = nodeRuntime();
  const { sequences, path: source } = await chosenData(trained.config, options);
  tell("calibration by forecasts of the validation split");
  const recalibration = await calibrationOf(trained, runtime);
  tell("forecasts to be judged");
  const rows = await coverageOf(trained, runtime, { sequences, source, recalibration }, options);
  const isIn = ({ adapted }: Coverage) => Math.abs(adapted.coverage - LEVEL) <= TOLERANCE;
  if (options.json) {
    const table = rows.map((row) => ({ ...row, isIn: isIn(row) }));
    return printJson({ level: LEVEL, tolerance: TOLERANCE, withinCells: true, rows: table });
  }
  printLines(coverageLines(rows, isIn));
}

function checkOptions({ horizons, samples, origins }: Options): void {
  const areSteps = horizons.length > 0 && horizons.every((steps) => Number.isInteger(steps) && steps >= 1);
  if (!areSteps) throw usageError("option '--horizons': it must be whole numbers from 1, by comma");
  if (samples < 10) throw usageError("option '--samples': there must be ten at least");
  if (origins < 1) throw usageError("option '--origins': there must be one at least");
}

interface Judged {
  readonly sequences: readonly Sequence[];
  /** Where they are, with labels of incidents beside them or not. */
  readonly source: string;
  readonly recalibration: Recalibration;
}

async function coverageOf(
  { model, weights, config: { columns } }: Run,
  runtime: Runtime,
  { sequences, source, recalibration }: Judged,
  { horizons, samples: particles, origins, seed }: Options,
): Promise<Coverage[]> {
  const [{ Adaptation }, { backtest }, { CoverageTally }, { predictionsOf }, { everyFor }] =
    await Promise.all([
      import("../tasks/adapt.ts"),
      import("../tasks/backtest.ts"),
      import("../tasks/coverage.ts"),
      import("../tasks/recalibrate.ts"),
      import("../run/calibration.ts"),
    ]);
  const isUndisturbed = await disturbancesOf(sequences, source);
  const tally = new CoverageTally(columns, recalibration, LEVEL);
  const settings = { runtime, model, weights, columns, particles, seed, sequences };
  const plan = { horizon: Math.max(...horizons), every: everyFor(sequences, origins) };
  const ascending = [...horizons].sort((a, b) => a - b);
  const following = { columns, recalibration, horizons: ascending, every: plan.every };
  const adaptations = new Map(sequences.map((sequence) => [sequence, new Adaptation(following)]));
  for await (const casts of backtest({ ...settings, ...plan })) {
    for (const cast of casts) {
      const predictions = predictionsOf(cast, columns, horizons, seed);
      const adaptation = adaptations.get(cast.sequence)!;
      const adapted = adaptation.at(cast.origin);
      for (const prediction of predictions) {
        const target = cast.origin + prediction.horizon - 1;
        if (isUndisturbed(cast.sequence, cast.origin - 1, target)) tally.add(prediction, adapted);
      }
      adaptation.add(cast, predictions);
    }
  }
  return tally.rows(horizons);
}

/**
 * Whether the steps of a sequence from one to another lie outside labelled incidents and the recovery from them: of
 * those nothing could be known in advance. Data without labels count as undisturbed.
 */
async function disturbancesOf(
  sequences: readonly Sequence[],
  source: string,
): Promise<(sequence: Sequence, first: number, last: number) => boolean> {
  const [{ labelsOf }, { cleanSteps }] = await Promise.all([
    import("../demo/recordings.ts"),
    import("../tasks/incidents.ts"),
  ]);
  const folder = statSync(source).isDirectory() ? source : dirname(source);
  const counts = new Map(
    sequences.map((sequence) => {
      const isClean = new Set(cleanSteps(sequence, labelsOf(folder, sequence) ?? []));
      const disturbed = new Uint32Array(sequence.length + 1); // before each step, how many
      for (let t = 0; t < sequence.length; t++) disturbed[t + 1] = disturbed[t]! + (isClean.has(t) ? 0 : 1);
      return [sequence, disturbed];
    }),
  );
  return (sequence, first, last) => {
    const disturbed = counts.get(sequence)!;
    return disturbed[last + 1] === disturbed[first];
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function coverageLines(rows: readonly Coverage[], isIn: (row: Coverage) => boolean): string[] {
  const header = [
    "column",
    "steps ahead",
    "count",
    "model's own",
    "learned",
    "adapted",
    "76-84 %",
    "as recorded",
    "pinball",
  ];
  const lines = rows.map((row) => [
    row.column,
    String(row.horizon),
    grouped(row.count),
    percent(row.raw.coverage),
    percent(row.calibrated.coverage),
    percent(row.adapted.coverage),
    isIn(row) ? "in" : "OUT",
    percent(row.adapted.recorded),
    `${row.raw.pinball.toPrecision(3)} -> ${row.calibrated.pinball.toPrecision(3)} -> ${row.adapted.pinball.toPrecision(3)}`,
  ]);
  const right = rows.filter(isIn).length;
  return [
    "coverage of the interval between the quantiles of 10 and 90 %, each value taken as anywhere within its cell",
    ...aligned([header, ...lines]),
    `${right} of ${rows.length} within 76-84 %`,
  ];
}
