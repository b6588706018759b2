import type { Column, TimeColumn } from "../data/dataset.ts";
import { writtenTime } from "../data/tables/written-time.ts";
import { csvPieces, type Field } from "../data/write.ts";
import type { Scored } from "../inference/score.ts";

const RESERVED = ["sequence", "step", "time", "total", "kl"];

/**
 * Scores as comma-separated values, a row per step: sequence, step (from 1), time where there is one, the total, each
 * column's nats and the divergence (`kl`), so total = sum of the columns − kl. A missing entry has an empty field.
 * A column of the data that is called like one of these gets `.nats` at its end.
 *
 * @returns the pieces of the text
 */
export function scoreTable(
  columns: readonly Column[],
  scored: readonly Scored[],
  time?: TimeColumn,
): Iterable<string> {
  const names = columns.map(({ name }) => (RESERVED.includes(name) ? `${name}.nats` : name));
  const header = ["sequence", "step", ...(time ? ["time"] : []), "total", ...names, "kl"];
  return csvPieces(header, rowsOf(scored, time));
}

function* rowsOf(scored: readonly Scored[], time: TimeColumn | undefined): Generator<readonly Field[]> {
  for (const one of scored) for (let t = 0; t < one.scores.length; t++) yield rowOf(one, t, time);
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

/** Products beyond this size may be rounded by more than the share of a unit in which a half is not told from less. */
const [MOST_EXACT, NEAR_HALF] = [1e11, 1e-3];

/** To six digits after the point: what lies beyond is the rounding of float32. */
export function rounded(nats: number): number {
  const units = nats * 1e6;
  const nearest = Math.round(units);
  const isSure =
    units !== 0 && Math.abs(units) < MOST_EXACT && Math.abs(Math.abs(units - nearest) - 0.5) > NEAR_HALF;
  return isSure ? nearest / 1e6 : Number(nats.toFixed(6));
}
