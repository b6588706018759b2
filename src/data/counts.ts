import { type Fields, widthOf } from "./fields.ts";
import { fieldRules } from "./fills.ts";
import type { Part } from "./source.ts";

/** How much of a field was observed. */
export interface Count {
  /** Steps of which anything was observed: of tokens their number, of a label of the sequence the labelled rows. */
  readonly steps: number;
  /** Single numbers that were observed. */
  readonly entries: number;
}

/**
 * How much of each field some parts hold.
 *
 * @example
 * countsOf(parts, fields).x; // { steps: 1600, entries: 4710 }
 */
export function countsOf(parts: readonly Part[], fields: Fields): Readonly<Record<string, Count>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const isSeen = fieldRules[field.kind].isObserved;
      const width = widthOf(field);
      let [steps, entries] = [0, 0];
      for (const { values } of parts) {
        const all = values[name] ?? [];
        for (let start = 0; start < all.length; start += width) {
          let seen = 0;
          for (let d = 0; d < width; d++) if (isSeen(all[start + d]!)) seen += 1;
          entries += seen;
          if (seen > 0) steps += 1;
        }
      }
      return [name, { steps, entries }];
    }),
  );
}
