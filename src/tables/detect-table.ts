import { DIVERGENCE_COLUMN } from "../anomaly/entry-scores.ts";
import type { Findings } from "../anomaly/find-incidents.ts";
import type { Column, TimeColumn } from "../data/dataset.ts";
import { csvText, type Field } from "../data/write.ts";
import { placeFields, placeHeader } from "./tables.ts";

/**
 * What was found, a row per step: sequence, step (from 1), time where there is one, the score in nats, whether it is odd, the
 * incident that it is part of (from 1, empty outside), and each column's share in what stands out (`share.load`).
 */
export function detectTable(
  columns: readonly Column[],
  found: readonly Findings[],
  time: TimeColumn | undefined,
): string {
  const names = [...columns.map(({ name }) => name), DIVERGENCE_COLUMN];
  const header = [...placeHeader(time), "score", "odd", "incident", ...names.map((name) => `share.${name}`)];
  let before = 0;
  const rows = found.flatMap((one) => {
    const places = incidentPlaces(one, before);
    before += one.incidents.length;
    return Array.from({ length: one.sequence.length }, (_, t) => rowOf(one, t, places[t]!, time));
  });
  return csvText(header, rows);
}

/** The number of the incident that each step is part of, 0 outside. */
function incidentPlaces({ sequence, incidents }: Findings, before: number): Uint32Array {
  const places = new Uint32Array(sequence.length);
  incidents.forEach(({ type, first, last }, i) => {
    // Of a change that stayed its beginning alone: what comes after is usual again.
    places.fill(before + i + 1, first, type === "anomaly" ? last + 1 : first + 1);
  });
  return places;
}

function rowOf(
  { sequence, scores, flags, shares }: Findings,
  t: number,
  incident: number,
  time: TimeColumn | undefined,
): Field[] {
  const width = shares.length / sequence.length;
  return [
    ...placeFields({ name: sequence.name, step: t, when: sequence.times?.[t] }, time),
    Number(scores[t]!.toFixed(4)),
    flags[t]!,
    incident === 0 ? "" : incident,
    ...Array.from(shares.subarray(t * width, (t + 1) * width), (share) => Number(share.toFixed(3))),
  ];
}
