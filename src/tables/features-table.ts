import { csvText, type Field, inDigits } from "../data/write.ts";
import type { Features } from "../patterns/features.ts";

/** Features as comma-separated values, a row for each sequence after its name; what cannot be told is empty. */
export const featuresTable = (names: readonly string[], features: Features): string =>
  csvText(
    ["sequence", ...features.names],
    names.map((name, i): Field[] => [name, ...Array.from(features.rows[i]!, (value) => inDigits(value))]),
  );
