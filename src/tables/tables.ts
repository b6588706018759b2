/** The fields that the tables of tasks share. */
import type { TimeColumn } from "../data/dataset.ts";
import { writtenTime } from "../data/tables/written-time.ts";
import { type Field, inDigits } from "../data/write.ts";
import type { Estimate } from "./estimates.ts";

/** The names of the fields that say which step of which sequence a row is of. */
export const placeHeader = (time: TimeColumn | undefined): string[] => [
  "sequence",
  "step",
  ...(time ? ["time"] : []),
];

/** A step of a sequence. */
export interface Place {
  readonly name: string;
  /** From 0; tables count from 1. */
  readonly step: number;
  readonly when: number | undefined;
}

export const placeFields = ({ name, step, when }: Place, time: TimeColumn | undefined): Field[] => [
  name,
  step + 1,
  ...(time ? [writtenTime(when ?? Number.NaN, time)] : []),
];

/** The names of the fields of an estimate. */
export const estimateHeader = (levels: readonly number[]): string[] => [
  "column",
  "level",
  "mean",
  ...levels.map((level) => `q${level}`),
];

export const estimateFields = (
  { column, level = "", mean, quantiles, deviation }: Estimate,
  levels: readonly number[],
): Field[] => [
  column,
  level,
  inDigits(mean, deviation),
  ...levels.map((_, i) => inDigits(quantiles[i] ?? Number.NaN, deviation)),
];
