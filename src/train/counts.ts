import { countsOf } from "../data/counts.ts";
import type { Fields } from "../data/fields.ts";
import type { Part } from "../data/source.ts";
import type { Model } from "../models/model.ts";
import { countNames } from "../names.ts";
import type { CountName, ObjectiveWithBound, Totals } from "../objectives/objective.ts";
import { scalarValue, type Values } from "../runtime/runtime.ts";
import type { BoundSummary } from "./events.ts";

/** What means are taken over, in numbers that are known before anything is computed. */
export type Counts = Readonly<Record<CountName, number>>;

/** @param place how many batches of the same sequences came before: each sequence, and its label, counts once */
export function batchCounts(
  parts: readonly Part[],
  place: number,
  fields: Fields,
  { readout }: Pick<Model, "readout">,
): Counts {
  const counts = countsOf(parts, fields);
  const isCounted = readout !== undefined && (place === 0 || readout.over === "step");
  return {
    observedSteps: counts["x"]?.steps ?? 0,
    steps: parts.reduce((all, { length }) => all + length, 0),
    sequences: place === 0 ? parts.length : 0,
    labelled: (isCounted && counts[readout.field]?.steps) || 0,
  };
}

/** The counts as a program takes them, `count.<name>`; a mean over nothing is a sum over nothing. */
export const countFeeds = (counts: Counts): Values =>
  Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [countNames.of(name), scalarValue(Math.max(1, count))]),
  );

/** Two records of totals added up, name by name. */
export const addTotals = (a: Totals, b: Totals): Totals =>
  Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => [
      name,
      (a[name] ?? 0) + (b[name] ?? 0),
    ]),
  );

/** What totals come to: the bound and each figure, per step or whatever it counts; no figure where that is nothing of many. */
export function summarise(objective: ObjectiveWithBound, totals: Totals, counts: Totals): BoundSummary {
  const per = (name: CountName) => Math.max(1, counts[name] ?? 0);
  const isTaken = (name: CountName) => (counts[name] ?? 0) > 0 || (counts["steps"] ?? 0) === 0;
  const means = Object.entries(objective.figures)
    .filter(([, count]) => isTaken(count))
    .map(([name, count]) => [name, (totals[name] ?? 0) / per(count)]);
  return { natsPerStep: objective.bound(totals) / per("steps"), ...Object.fromEntries(means) };
}
