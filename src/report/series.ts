import type { Sequence } from "../data/dataset.ts";
import type { Series } from "./content.ts";

/** A column of a sequence, given its place and how many there are; null is missing. */
export const seriesOf = ({ length, values }: Sequence, column: number, width: number): Series =>
  Array.from({ length }, (_, t) => {
    const value = values[t * width + column]!;
    return Number.isNaN(value) ? null : value;
  });
