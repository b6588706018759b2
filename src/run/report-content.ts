/** What a report shows of a run, drawn together from its data, its metrics and its scores. */
import type { Column, Dataset, Sequence } from "../data/dataset.ts";
import { SPLIT_NAMES } from "../data/dataset.ts";
import { columnRows } from "../data/summary.ts";
import { newAlbum } from "../report/album.ts";
import type {
  Clock,
  ColumnSummary,
  DetectionContent,
  Epoch,
  Excerpt,
  LatentTrajectory,
  ReportContent,
  ScoredSequence,
} from "../report/content.ts";
import { excerptFigure, excerptReading } from "../report/figures/excerpt.ts";
import { seriesOf } from "../report/series.ts";
import type { AnomalyEvent } from "../tasks/detect.ts";
import {
  DIVERGENCE_COLUMN,
  type IncidentStudy,
  type Labelled,
  RECOVERY_SECONDS,
  secondsOf,
} from "../tasks/incidents.ts";
import type { SequenceScores } from "../tasks/score.ts";
import type { RunEvent } from "./events.ts";

/** The units of columns, by name, where they are known. */
export type Units = Readonly<Record<string, string>>;

/** Steps of an excerpt: what a picture shows well. */
const EXCERPT_STEPS = 300;
const MOST_WATCHED = 4;

/** The parts of a report that show the data. */
export function dataContent({ columns, splits, notes, time }: Dataset, units: Units = {}) {
  const excerpts = SPLIT_NAMES.flatMap((split) =>
    splits[split].slice(0, 1).map((sequence) => ({ split, ...excerptOf(columns, sequence, units) })),
  );
  const clock: Clock = time === undefined ? "steps" : time.kind === "date" ? "date" : "seconds";
  return {
    clock,
    columns: columnRows(columns).map(summaryOf),
    excerpts,
    notes,
  } satisfies Partial<ReportContent>;
}

const summaryOf = ([
  name = "",
  kind = "",
  range = "",
  missing = "",
  resolution = "",
]: readonly string[]): ColumnSummary => ({
  name,
  kind,
  range,
  missing,
  resolution,
});

/** The first steps of a sequence. */
export function excerptOf(
  columns: readonly Column[],
  sequence: Sequence,
  units: Units = {},
  most = EXCERPT_STEPS,
): Excerpt {
  const length = Math.min(sequence.length, most);
  return {
    name: sequence.name,
    times: [...secondsOf(sequence).subarray(0, length)],
    columns: columns.map(({ name, levels }, d) => ({
      name,
      ...(levels.length > 0 && { levels }),
      ...(units[name] !== undefined && { unit: units[name] }),
      values: seriesOf(sequence, d, columns.length).slice(0, length),
    })),
  };
}

/** The course of training, out of a run's metrics. */
export const historyOf = (events: readonly RunEvent[]): Epoch[] =>
  events.flatMap((event) => {
    const [train, valid, epoch] = [event["train/elbo"], event["valid/elbo"], event["epoch"]];
    if (typeof train !== "number" || typeof epoch !== "number") return [];
    const [kl, reconstruction] = [event["train/kl"], event["train/logLikelihood"]];
    return [
      {
        epoch,
        train,
        valid: typeof valid === "number" ? valid : null,
        ...(typeof kl === "number" && { kl }),
        ...(typeof reconstruction === "number" && { reconstruction }),
      },
    ];
  });

/** The posterior means along a sequence. */
export function latentsOf({ name, length, times, latent }: SequenceScores): LatentTrajectory {
  const size = latent.length / length;
  const clock = times ?? Float64Array.from({ length }, (_, t) => t);
  const dimension = (z: number) => Array.from({ length }, (_, t) => latent[t * size + z]!);
  return { name, times: [...clock], dimensions: Array.from({ length: size }, (_, z) => dimension(z)) };
}

/** What was flagged in labelled sequences. */
export function detectionContent(
  columns: readonly Column[],
  labelled: readonly Labelled[],
  { detector, detections, quality }: IncidentStudy,
  units: Units = {},
): DetectionContent {
  const { kinds, precision, recall, falseEventsPerHour } = quality;
  const sequences = labelled.map(({ sequence, incidents }, i): ScoredSequence => {
    const { scores, events } = detections[i]!;
    return {
      name: sequence.name,
      times: [...secondsOf(sequence)],
      score: [...scores],
      threshold: detector.threshold,
      incidents,
      events: events.map(({ start, end, reasons }) => ({
        start,
        end,
        reasons: reasons.map(({ column }) => column),
      })),
      topColumns: watched(events).map((name) => ({
        name,
        ...(units[name] !== undefined && { unit: units[name] }),
        values: seriesOf(
          sequence,
          columns.findIndex((column) => column.name === name),
          columns.length,
        ),
      })),
    };
  });
  const perKind = Object.entries(kinds).map(([kind, { total, found, medianDelaySeconds }]) => ({
    kind,
    total,
    found,
    medianDelaySeconds,
  }));
  return {
    sequences,
    perKind,
    precision,
    recall,
    falseAlarmsPerHour: falseEventsPerHour,
    tolerance: RECOVERY_SECONDS,
  };
}

/** The columns that stood out most over all events of a sequence. */
function watched(events: readonly AnomalyEvent[]): string[] {
  const sums = new Map<string, number>();
  for (const { column, excess } of events.flatMap(({ reasons }) => reasons))
    sums.set(column, (sums.get(column) ?? 0) + excess);
  sums.delete(DIVERGENCE_COLUMN);
  return [...sums]
    .sort((a, b) => b[1] - a[1])
    .map(([name]) => name)
    .slice(0, MOST_WATCHED);
}

/**
 * A picture of each sequence, drawn as what it is (a drawing, a piano roll, curves): names of files to SVG documents.
 *
 * @example
 * picturesOf(columns, samples); // { "sample-1.svg": "<svg ...", "sample-2.svg": ... }
 */
export function picturesOf(
  columns: readonly Column[],
  sequences: readonly Sequence[],
): Readonly<Record<string, string>> {
  const album = newAlbum("steps");
  for (const [i, sequence] of sequences.entries()) {
    const excerpt = excerptOf(columns, sequence, {}, sequence.length);
    album.add({
      name: `sample ${i + 1}`,
      title: sequence.name,
      reading: `Made up by the model. ${excerptReading(excerpt)}`,
      draw: (canvas) => excerptFigure(excerpt, canvas),
    });
  }
  return album.pictures;
}
