/** What a run knows of how wide the draws of its filled gaps have to be: `fill-calibration.json` in its folder. */
import {
  type FillCalibration,
  GAP_KINDS,
  type GapKind,
  learnFillCalibration,
} from "../calibration/fill-calibration.ts";
import type { Recalibration } from "../calibration/recalibrate.ts";
import type { Notice } from "../data/notice.ts";
import type { Run } from "../run/run.ts";
import { tableOf } from "../run/run-fields.ts";
import type { Runtime } from "../runtime/runtime.ts";
import * as z from "../zod.ts";
import { horizons, keepCalibration, keptCalibration, levels, storedHead } from "./kept-calibration.ts";
import { readRunData } from "./run-data.ts";

const maps = z.readonly(
  z.array(
    z
      .strictObject({ column: z.string(), distances: horizons, levels: z.readonly(z.array(levels)) })
      .check(
        z.refine(
          (map) => map.levels.length === map.distances.length,
          "there must be a map for each distance",
        ),
      ),
  ),
);

const stored = z.strictObject({
  ...storedHead,
  /** How the gaps were filled. */
  lag: z.int(),
  islandSize: z.int(),
  partial: maps,
  whole: maps,
});

/** How many draws of each gap are made to learn from. */
const PARTICLES = 100;

/** How gaps are filled. */
export interface Filling {
  readonly lag: number;
  readonly islandSize: number;
}

/**
 * How the draws of a run's filled gaps are put right: learned from entries of its validation split that were taken away,
 * and kept in its folder for the next time that gaps are filled in the same way.
 *
 * @param notice is told what the data gave to notice, if they were read.
 * @throws VrnnError `run/data` when the validation split is not there, `run/calibration` when the file in the folder
 * cannot be used.
 */
export async function fillCalibrationOf(
  run: Run,
  runtime: Runtime,
  notice: Notice,
  filling: Filling,
): Promise<FillCalibration> {
  const kept = keptFills(run, filling);
  if (kept !== undefined) return kept;
  const sequences = readRunData(run.config, notice).splits.valid;
  const { columns } = tableOf(run.config);
  const { model, weights } = run;
  const settings = { runtime, model, weights, columns, sequences, particles: PARTICLES, ...filling };
  const calibration = await learnFillCalibration(settings);
  if (GAP_KINDS.some((kind) => calibration[kind].size > 0))
    keepCalibration(run, "fillCalibration", { ...filling, ...storedMaps(calibration) }, notice);
  return calibration;
}

/** What is kept for gaps that are filled so. @throws VrnnError `run/calibration` */
export function keptFills(run: Run, { lag, islandSize }: Filling): FillCalibration | undefined {
  const kept = keptCalibration(run, "fillCalibration", stored);
  if (kept === undefined || kept.lag !== lag || kept.islandSize !== islandSize) return undefined;
  const mapsOf = (kind: GapKind) =>
    new Map(
      kept[kind].map((map): [string, Recalibration] => [
        map.column,
        { horizons: map.distances, columns: Object.fromEntries([[map.column, map.levels]]) },
      ]),
    );
  return { partial: mapsOf("partial"), whole: mapsOf("whole") };
}

const storedMaps = (calibration: FillCalibration): object =>
  Object.fromEntries(
    GAP_KINDS.map((kind) => [
      kind,
      [...calibration[kind]].map(([column, { horizons, columns }]) => ({
        column,
        distances: horizons,
        levels: columns[column],
      })),
    ]),
  );
