/** What a run knows of how true values lie about what fills their gaps: `fill-calibration.json` in its folder. */
import { FILL_DRAWS, type FillCalibration } from "../calibration/calibrated-fills.ts";
import { learnFillCalibration } from "../calibration/fill-calibration.ts";
import { SIZES } from "../calibration/fill-rule.ts";
import type { Notice } from "../data/notice.ts";
import type { Run } from "../run/run.ts";
import { tableOf } from "../run/run-fields.ts";
import type { Runtime } from "../runtime/runtime.ts";
import * as z from "../zod.ts";
import { isRising, keepCalibration, keptCalibration, storedHead } from "./kept-calibration.ts";
import { readRunData } from "./run-data.ts";

const size = z.number().check(z.minimum(0));

const lean = z.strictObject({
  distance: z.int().check(z.minimum(1)),
  share: size.check(z.maximum(1)),
  companions: size.check(z.maximum(1)),
  most: size,
});

/** As long as this. (Zod's own check of a length would be loaded by every page, for this file alone.) */
const exactly = (length: number) => [z.minLength(length), z.maxLength(length)] as const;

/** Of one column. */
const fill = z.strictObject({
  column: z.string(),
  leans: z.array(lean).check(
    z.minLength(1),
    z.refine((leans) => isRising(leans.map(({ distance }) => distance)), "the distances must rise"),
  ),
  scale: z.array(size).check(...exactly(SIZES)),
  floor: z.number().check(z.gt(0)),
  errors: z.array(
    z
      .array(z.number())
      .check(z.minLength(2), z.maxLength(10_000), z.refine(isRising, "the quantiles of errors must rise")),
  ),
});

/** Each lean has errors of its own. */
const fills = z.array(
  fill.check(
    z.refine(({ leans, errors }) => leans.length === errors.length, "there must be errors for each lean"),
  ),
);

/** How far one of so many columns is from its line, told by how far the others are. */
const companion = (width: number) =>
  z.strictObject({ weights: z.array(z.number()).check(...exactly(width)), most: size });

const stored = (width: number) =>
  z.strictObject({
    ...storedHead,
    /** How the gaps were filled. */
    lag: z.int(),
    islandSize: z.int(),
    /** Of entries beside which others were observed, and of those that were missing with all others. */
    columns: fills,
    alone: fills,
    /** By round and column; null where the other columns are not asked. */
    companions: z.nullable(z.array(z.array(companion(width)).check(...exactly(width)))),
  });

/** Levels of the draws alone were kept first, apart for single entries and whole steps; then nothing of other columns. */
const isEarlier = (content: unknown): boolean =>
  typeof content === "object" &&
  content !== null &&
  (("partial" in content && "whole" in content) || ("columns" in content && !("companions" in content)));

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
  const known = keptFills(run, filling);
  if (known !== undefined) return known;
  const { train: training, valid: sequences } = readRunData(run.config, notice).splits;
  const { columns } = tableOf(run.config);
  const { model, weights } = run;
  const settings = {
    runtime,
    model,
    weights,
    columns,
    sequences,
    training,
    particles: FILL_DRAWS,
    ...filling,
  };
  const calibration = await learnFillCalibration(settings);
  const [kept, alone] = [calibration.columns, calibration.alone].map((fills) =>
    [...fills].map(([column, fill]) => ({ column, ...fill })),
  );
  const { companions = null } = calibration;
  if (calibration.columns.size + calibration.alone.size > 0)
    keepCalibration(run, "fillCalibration", { ...filling, columns: kept, alone, companions }, notice);
  return calibration;
}

/** What is kept for gaps that are filled so. @throws VrnnError `run/calibration` */
export function keptFills(run: Run, { lag, islandSize }: Filling): FillCalibration | undefined {
  const schema = stored(tableOf(run.config).columns.length);
  const kept = keptCalibration(run, "fillCalibration", schema, isEarlier);
  if (kept === undefined || kept.lag !== lag || kept.islandSize !== islandSize) return undefined;
  const byColumn = (fills: typeof kept.columns) =>
    new Map(fills.map(({ column, ...fill }) => [column, fill]));
  const { companions } = kept;
  return {
    columns: byColumn(kept.columns),
    alone: byColumn(kept.alone),
    companions: companions ?? undefined,
  };
}
