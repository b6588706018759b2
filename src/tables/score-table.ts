import type { Column, TimeColumn } from "../data/dataset.ts";
import { writtenTime } from "../data/tables/written-time.ts";
import { csvText, type Field } from "../data/write.ts";
import type { Scored } from "../inference/score.ts";

const RESERVED = ["sequence", "step", "time", "total", "kl"];

/**
 * Scores as comma-separated values, a row per step: sequence, step (from 1), time where there is one, the total, each
 * column's nats and the divergence (`kl`), so total = sum of the columns − kl. A missing entry has an empty field.
 * A column of the data that is called like one of these gets `.nats` at its end.
 */
export function scoreTable(columns: readonly Column[], scored: readonly Scored[], time?: TimeColumn): string {
  const names = columns.map(({ name }) => (RESERVED.includes(name) ? `${name}.nats` : name));
  const header = ["sequence", "step", ...(time ? ["time"] : []), "total", ...names, "kl"];
  const rows = scored.flatMap((one) =>
    Array.from({ length: one.scores.length }, (_, t) => rowOf(one, t, time)),
  );
  return csvText(header, rows);
}

function rowOf({ sequence, scores }: Scored, t: number, time: TimeColumn | undefined): Field[] {
  const width = sequence.values.length / sequence.length;
  const entries = Array.from(scores.logLikelihood.subarray(t * width, (t + 1) * width), (nats, d) =>
    Number.isNaN(sequence.values[t * width + d]) ? Number.NaN : rounded(nats),
  );
  return [
    scores.name,
    t + 1,
    ...(time ? [writtenTime(scores.times?.[t] ?? Number.NaN, time)] : []),
    rounded(scores.total[t]!),
    ...entries,
    rounded(scores.kl[t]!),
  ];
}

/** To six digits after the point: what lies beyond is the rounding of float32. */
export const rounded = (nats: number): number => Number(nats.toFixed(6));
