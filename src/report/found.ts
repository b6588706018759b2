/** What was found in sequences, for the picture of a timeline. */

import type { Detector } from "../anomaly/detect.ts";
import { DIVERGENCE_COLUMN, secondsOf } from "../anomaly/entry-scores.ts";
import type { Findings } from "../anomaly/find-incidents.ts";
import type { FoundIncident } from "../anomaly/incident-tracker.ts";
import type { Column } from "../data/dataset.ts";
import type { Incident } from "../metrics/detection.ts";
import type { DetectionContent, ScoredSequence } from "./content.ts";
import { seriesOf } from "./series.ts";

const MOST_WATCHED = 4;

/** @param labels the incidents labelled in each sequence; nothing where there are none */
export function foundContent(
  found: readonly Findings[],
  detector: Detector,
  columns: readonly Column[],
  labels: readonly (readonly Incident[])[] = [],
): DetectionContent {
  const sequences = found.map(
    ({ sequence, scores, incidents }, i): ScoredSequence => ({
      name: sequence.name,
      times: [...secondsOf(sequence)],
      score: [...scores],
      threshold: detector.threshold,
      incidents: labels[i] ?? [],
      events: incidents.map(({ type, start, end, columns: reasons }) => ({
        start,
        end: type === "anomaly" ? end : start,
        reasons,
      })),
      topColumns: mostNamed(incidents).map((name) => ({
        name,
        values: seriesOf(
          sequence,
          columns.findIndex((column) => column.name === name),
          columns.length,
        ),
      })),
    }),
  );
  const { wanted } = detector;
  return {
    sequences,
    perKind: [],
    precision: null,
    recall: null,
    falseAlarmsPerHour: null,
    wanted,
    tolerance: 0,
  };
}

/** The columns that stood out most, weighed by how severe it was. */
function mostNamed(incidents: readonly FoundIncident[]): string[] {
  const sums = new Map<string, number>();
  for (const { columns, severity } of incidents)
    columns.forEach((name, i) => {
      if (name !== DIVERGENCE_COLUMN)
        sums.set(name, (sums.get(name) ?? 0) + Math.max(severity, 0.1) / (i + 1));
    });
  return [...sums]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_WATCHED)
    .map(([name]) => name);
}
