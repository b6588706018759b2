/** What `vrnn probe` learned, kept in the folder of the run. */
import type { Notice } from "../data/notice.ts";
import { poolNames } from "../patterns/pool.ts";
import { headNames, type Probe } from "../patterns/probe.ts";
import type { Run } from "../run/run.ts";
import * as z from "../zod.ts";
import { keepCalibration, keptCalibration, storedHead } from "./kept-calibration.ts";

const MOST_FEATURES = 100_000;
const numbers = z.readonly(z.array(z.number()).check(z.maxLength(MOST_FEATURES)));

const teller = z.strictObject({
  standard: z.strictObject({ low: numbers, high: numbers, mean: numbers, deviation: numbers }),
  logistic: z.strictObject({
    weights: z.readonly(z.array(numbers).check(z.minLength(2), z.maxLength(1000))),
  }),
  penalty: z.number().check(z.gt(0)),
});

const storedProbe = z.strictObject({
  ...storedHead,
  levels: z.readonly(z.array(z.string()).check(z.minLength(2), z.maxLength(1000))),
  pools: z.readonly(z.array(z.enum(poolNames)).check(z.minLength(1))),
  chosen: z.enum(headNames),
  tellers: z.record(z.enum(headNames), teller),
});

/** The probe of these weights, if there is one. @throws VrnnError `run/calibration` when the file cannot be used */
export function keptProbe(run: Run): Probe | undefined {
  const kept = keptCalibration(run, "probe", storedProbe);
  if (kept === undefined) return undefined;
  const { version: _, weights: __, ...probe } = kept;
  return probe;
}

/** Keeps a probe with the run. */
export const keepProbe = (run: Run, probe: Probe, notice: Notice): void =>
  keepCalibration(run, "probe", probe, notice);
