/** What a run knows of how its forecasts turn out: `calibration.json` in its folder. */
import { createHash } from "node:crypto";
import { everyFor, PARTICLES, SEED } from "../calibration/adapt-history.ts";
import { isQuantity, predictionsOf, type Recalibration, Recalibrator } from "../calibration/recalibrate.ts";
import { parseStrictJson } from "../checkpoint/strict-json.ts";
import type { Sequence } from "../data/dataset.ts";
import type { Notice } from "../data/notice.ts";
import { VrnnError } from "../errors.ts";
import { backtest } from "../inference/backtest.ts";
import { quoted } from "../legible.ts";
import { checked } from "../options.ts";
import type { Run } from "../run/run.ts";
import { tableOf } from "../run/run-fields.ts";
import type { Runtime } from "../runtime/runtime.ts";
import * as z from "../zod.ts";
import { readRunData } from "./run-data.ts";

const FORMAT = 1;

/**
 * Forecasts that go a few steps ahead are cheap, so many are made; of those that go far, more tell little that is new,
 * as they overlap.
 */
const PLANS = [
  { horizons: [1, 2, 3], origins: 3600 },
  { horizons: [5, 8, 12, 20, 30], origins: 900 },
] as const;

const HORIZONS = PLANS.flatMap(({ horizons }) => [...horizons]);

const isRising = (numbers: readonly number[]): boolean =>
  numbers.every((each, i) => i === 0 || each >= numbers[i - 1]!);

/** From 0 to 1: a map that falls would put a high quantile below a low one. */
const levels = z.readonly(
  z
    .array(z.number().check(z.minimum(0), z.maximum(1)))
    .check(z.minLength(2), z.maxLength(10_000), z.refine(isRising, "the levels of a map must rise")),
);

/** Steps ahead, each above the one before. */
const horizons = z.readonly(
  z.array(z.int().check(z.minimum(1))).check(
    z.minLength(1),
    z.maxLength(10_000),
    z.refine((steps) => isRising(steps) && new Set(steps).size === steps.length, "horizons must rise"),
  ),
);

const stored = z
  .strictObject({
    version: z.literal(FORMAT),
    /** A checksum of the weights that the forecasts were made with. */
    weights: z.string().check(z.maxLength(100)),
    horizons,
    columns: z.record(z.string(), z.readonly(z.array(levels))),
  })
  .check(
    z.refine(
      ({ horizons, columns }) => Object.values(columns).every(({ length }) => length === horizons.length),
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
  const kept = readCalibration(run);
  if (kept !== undefined) return kept;
  const sequences = readRunData(run.config, notice, data).splits.valid;
  const recalibration = await learnCalibration(run, runtime, sequences);
  const { horizons, columns } = recalibration;
  const content = { version: FORMAT, weights: weightsDigest(run), horizons, columns };
  keep(run, `${JSON.stringify(content)}\n`, notice);
  return recalibration;
}

/** Keeps a calibration for the next time; where nothing can be written, it serves this once. */
function keep({ folder }: Run, text: string, notice: Notice): void {
  try {
    folder.writeCalibration(text);
  } catch (cause) {
    if (!(cause instanceof VrnnError) || !cause.code.startsWith("file/")) throw cause;
    notice([`the calibration of forecasts is not kept, and will be learned again: ${cause.message}`]);
  }
}

/** The calibration in the folder, if there is one and it is of these weights. */
function readCalibration(run: Run): Recalibration | undefined {
  const { bytes, path: at } = run.folder.calibration();
  if (bytes === undefined) return undefined;
  const { weights, horizons, columns } = parsed(bytes, at);
  if (weights !== weightsDigest(run)) return undefined;
  const quantities = new Set(
    tableOf(run.config)
      .columns.filter(isQuantity)
      .map(({ name }) => name),
  );
  const stray = Object.keys(columns).find((name) => !quantities.has(name));
  if (stray !== undefined) throw unusable(at, `the run has no quantity ${quoted(stray)}`);
  return { horizons, columns };
}

/** What stands in the file. */
function parsed(bytes: Uint8Array, at: string): z.output<typeof stored> {
  let content: unknown;
  try {
    content = parseStrictJson(new TextDecoder().decode(bytes), 8);
  } catch (cause) {
    throw unusable(at, cause instanceof Error ? cause.message : String(cause), cause);
  }
  return checked(stored, content, ({ message, path }) =>
    unusable(at, path.length === 0 ? message : `${path.join(".")}: ${message}`),
  );
}

const unusable = (at: string, why: string, cause?: unknown): VrnnError =>
  new VrnnError("run/calibration", `the calibration cannot be used: ${why}`, {
    at,
    remedy: "remove the file: the next forecast makes it anew",
    cause,
  });

const weightsDigest = ({ weights }: Run): string => createHash("sha256").update(weights).digest("hex");

async function learnCalibration(
  { model, weights, config }: Run,
  runtime: Runtime,
  sequences: readonly Sequence[],
): Promise<Recalibration> {
  const { columns } = tableOf(config);
  const recalibrator = new Recalibrator(columns, HORIZONS);
  const settings = { runtime, model, weights, columns, particles: PARTICLES, seed: SEED, sequences };
  for (const { horizons, origins } of PLANS) {
    const plan = { horizon: Math.max(...horizons), every: everyFor(sequences, origins) };
    for await (const casts of backtest({ ...settings, ...plan }))
      for (const cast of casts)
        for (const prediction of predictionsOf(cast, columns, horizons, SEED)) recalibrator.add(prediction);
  }
  return recalibrator.learn();
}
