import { csvText, type Field, inDigits } from "../data/write.ts";
import type { Grouping } from "../patterns/cluster.ts";

/**
 * A row for each sequence: its cluster from 1 (the largest), whether it is the typical one of it, and its place along the
 * first two components.
 */
export const clustersTable = (names: readonly string[], { clusters, typical, rows }: Grouping): string =>
  csvText(
    ["sequence", "cluster", "typical", "first", "second"],
    names.map((name, n): Field[] => [
      name,
      clusters[n]! + 1,
      Number(typical[clusters[n]!] === n),
      inDigits(rows[n]![0] ?? 0),
      inDigits(rows[n]![1] ?? 0),
    ]),
  );
