/** Sequences that a model makes up. */
import { type Column, type Sequence, sliceUnits, type Units } from "../data/dataset.ts";
import { columnUnits } from "../data/inputs.ts";
import { unitsAt } from "../data/scaling.ts";
import { seriesUnits } from "../data/series-units.ts";
import { type GivenLatents, latentStates } from "../models/given-latents.ts";
import { type GeneratedRow, type GenerateOptions, generateRows } from "./generate.ts";
import { OwnPast } from "./own-past.ts";
import { recorded, unitFeeds } from "./rows.ts";

/** What is to be sampled, and from what. */
export interface SampleOptions extends Omit<GenerateOptions, "states" | "known" | "cut"> {
  readonly columns: readonly Column[];
  /**
   * `[steps, C]`: what is known of each step, in the order of `model.conditions` and the units of the data, the same for
   * all sequences; NaN is withheld. Withheld altogether unless told.
   */
  readonly known?: Float64Array;
  /** Of a model with latent variables of the whole sequence: their values in each of the sequences; drawn unless told. */
  readonly latents?: GivenLatents;
  /**
   * Of a model whose sequences are scaled by their own first steps: by how many (`Dataset.scaleSteps`). What is made up
   * goes on in the units that its own first steps tell; in those of the columns unless told.
   */
  readonly scaleSteps?: number | undefined;
}

/**
 * Draws sequences from a model, each from a fresh state, in the units of the data: real columns on the grid that they
 * were recorded on, binary ones 0 or 1, levels as their index.
 *
 * Each sequence has random numbers of its own: the third of four is the third of ten (up to rounding).
 *
 * @example
 * const [first] = await sampleSequences({ runtime, model, weights, columns, count: 1, steps: 3, seed: 1 });
 * first; // { name: "sample 1", length: 3, values: Float64Array [20, 0.5, 15, 0.5, 20, 1] }
 */
export async function sampleSequences(options: SampleOptions): Promise<Sequence[]> {
  const { model, columns, count, steps, latents, scaleSteps = steps, window = 256 } = options;
  const tables = Array.from({ length: count }, () => options.known);
  const isRescaled = model.units === true && scaleSteps < steps;
  const unitsOf = (row: GeneratedRow) => (isRescaled ? toldUnits(row, columns, scaleSteps) : undefined);
  const usual = columnUnits(columns);
  const past = new OwnPast(model, columns);
  const rows = await generateRows({
    ...options,
    window: past.window(window),
    ...(isRescaled && { cut: scaleSteps }), // where units change
    states: latents === undefined ? {} : latentStates(model, latents, count),
    known: (done, length, made) => {
      const told = made.map((row) => (done < scaleSteps ? undefined : unitsOf(row)));
      const units = told.map((own) => own && sliceUnits(own, columns.length, done, done + length));
      const valueAt = (row: number, t: number, d: number) => {
        const { shift, scale } = unitsAt(told[row], usual, t);
        return made[row]!.x[t * columns.length + d]! * scale[d]! + shift[d]!;
      };
      return {
        ...past.known(tables, 1, { done, steps: length }, valueAt),
        ...unitFeeds(model, columns, units, length),
      };
    },
  });
  return rows.map((row, i) => {
    const units = unitsOf(row);
    return {
      name: `sample ${i + 1}`,
      length: steps,
      values: recorded(row.x, columns, { units }),
      ...(units && { units }),
    };
  });
}

/** The units that the first steps of a row tell, which are in those of the columns. */
function toldUnits({ x }: GeneratedRow, columns: readonly Column[], steps: number): Units {
  const values = recorded(x.subarray(0, steps * columns.length), columns);
  return seriesUnits({ length: steps, values }, columns, steps);
}
