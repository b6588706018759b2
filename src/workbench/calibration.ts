/** What a run knows of how its forecasts turn out: `calibration.json` in its folder. */
import { everyFor, latestOf, PARTICLES, SEED } from "../calibration/adapt-history.ts";
import { isQuantity, predictionsOf, type Recalibration, Recalibrator } from "../calibration/recalibrate.ts";
import type { Sequence } from "../data/dataset.ts";
import type { Notice } from "../data/notice.ts";
import { backtest } from "../inference/backtest.ts";
import { quoted } from "../legible.ts";
import type { Run } from "../run/run.ts";
import { tableOf } from "../run/run-fields.ts";
import type { Runtime } from "../runtime/runtime.ts";
import * as z from "../zod.ts";
import {
  horizons,
  keepCalibration,
  keptCalibration,
  levels,
  storedHead,
  unusable,
} from "./kept-calibration.ts";
import { readRunData } from "./run-data.ts";

/**
 * Forecasts that go a few steps ahead are cheap, so many are made; of those that go far, more tell little that is new,
 * as they overlap.
 */
const PLANS = [
  { horizons: [1, 2, 3], origins: 3600 },
  { horizons: [5, 8, 12, 20, 30], origins: 900 },
] as const;

/** The most steps that are followed for it: of longer validation splits the last of each sequence. */
const MOST_STEPS = 36_000;

const HORIZONS = PLANS.flatMap(({ horizons }) => [...horizons]);

const stored = z
  .strictObject({
    ...storedHead,
    horizons,
    /** By the names of columns, any of which may be a name that objects have by themselves. */
    columns: z.pipe(
      z.transform((columns: unknown) => Object.entries(columns ?? {})),
      z.array(z.tuple([z.string(), z.readonly(z.array(levels))])),
    ),
  })
  .check(
    z.refine(
      ({ horizons, columns }) => columns.every(([, { length }]) => length === horizons.length),
      "there must be a map for each horizon",
    ),
  );

/**
 * How the quantiles of a run's forecasts are put right: learned from forecasts of its validation split at up to
 * 3600 origins, up to 30 steps ahead, and kept in its folder for the next time.
 *
 * @param notice is told what the data gave to notice, if they were read.
 * @param data where the data are now, if not where the run found them.
 * @throws VrnnError `calibrate/too-few` when the validation split is too short, `run/data` when it is not there,
 * `run/calibration` when the file in the folder cannot be used.
 */
export async function calibrationOf(
  run: Run,
  runtime: Runtime,
  notice: Notice,
  data?: string,
): Promise<Recalibration> {
  const kept = keptCalibration(run, "calibration", stored);
  if (kept !== undefined) return knownBy(run, kept);
  const sequences = readRunData(run.config, notice, data).splits.valid;
  const recalibration = await learnCalibration(run, runtime, sequences);
  const { horizons, columns } = recalibration;
  keepCalibration(run, "calibration", { horizons, columns }, notice);
  return recalibration;
}

/** @throws VrnnError `run/calibration` for a map of what the run has no quantity of */
function knownBy({ config, folder }: Run, { horizons, columns }: z.output<typeof stored>): Recalibration {
  const quantities = new Set(
    tableOf(config)
      .columns.filter(isQuantity)
      .map(({ name }) => name),
  );
  const stray = columns.find(([name]) => !quantities.has(name));
  if (stray !== undefined)
    throw unusable(folder.calibration("calibration").path, `the run has no quantity ${quoted(stray[0])}`);
  return { horizons, columns: Object.fromEntries(columns) };
}

async function learnCalibration(
  { model, weights, config }: Run,
  runtime: Runtime,
  sequences: readonly Sequence[],
): Promise<Recalibration> {
  const { columns } = tableOf(config);
  const recalibrator = new Recalibrator(columns, HORIZONS);
  const latest = latestOf(sequences, MOST_STEPS);
  const settings = { runtime, model, weights, columns, particles: PARTICLES, seed: SEED, sequences: latest };
  for (const { horizons, origins } of PLANS) {
    const plan = { horizon: Math.max(...horizons), every: everyFor(latest, origins) };
    for await (const casts of backtest({ ...settings, ...plan }))
      for (const cast of casts)
        for (const prediction of predictionsOf(cast, columns, horizons, SEED)) recalibrator.add(prediction);
  }
  return recalibrator.learn();
}
