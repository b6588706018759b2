import type { Column, TimeColumn } from "../data/dataset.ts";
import { csvText, type Field } from "../data/write.ts";
import type { SequenceScores } from "./score.ts";

const RESERVED = ["sequence", "step", "time", "total", "kl"];

/**
 * Scores as comma-separated values, a row per step: sequence, step (from 1), time where there is one, the total, each
 * column's nats and the divergence (`kl`): total = sum of the columns − kl. What is missing has an empty field.
 * A column of the data that is called like one of these gets `.nats` at its end.
 */
export function scoreTable(
  columns: readonly Column[],
  scores: readonly SequenceScores[],
  { time, isMissing }: { time?: TimeColumn | undefined; isMissing: (sequence: number, entry: number) => boolean },
): string {
  const names = columns.map(({ name }) => (RESERVED.includes(name) ? `${name}.nats` : name));
  const clock = (value: number): Field => (time?.kind === "date" ? new Date(value).toISOString() : value);
  const rows = scores.flatMap(({ name, length, times, total, logLikelihood, divergence }, i) =>
    Array.from({ length }, (_, t): Field[] => [
      name,
      t + 1,
      ...(time ? [clock(times?.[t] ?? Number.NaN)] : []),
      rounded(total[t]!),
      ...columns.map((_, d) => {
        const entry = t * columns.length + d;
        return isMissing(i, entry) ? Number.NaN : rounded(logLikelihood[entry]!);
      }),
      rounded(divergence[t]!),
    ]),
  );
  return csvText(["sequence", "step", ...(time ? ["time"] : []), "total", ...names, "kl"], rows);
}

/** Nats to six digits after the point: what lies beyond is the rounding of float32. */
const rounded = (nats: number): number => Number(nats.toFixed(6));
