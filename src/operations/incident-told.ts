import type { FoundIncident } from "../anomaly/incident-tracker.ts";
import { severityWord } from "../anomaly/incident-words.ts";

/** An incident for programs: rows count from 1. */
export function toldOf(sequence: string, { first, last, severity, ...incident }: FoundIncident) {
  const rounded = Math.round(severity * 1000) / 1000;
  const { start, end, type, change, columns, text } = incident;
  const place = { sequence, firstRow: first + 1, lastRow: last + 1, start, end };
  return {
    type,
    ...(change && { change }),
    ...place,
    severity: rounded,
    grade: severityWord(severity),
    columns,
    text,
  };
}
