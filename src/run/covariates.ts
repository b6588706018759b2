/** What is known in advance of the steps to come: a table of the covariates of a run. */
import type { ConditionColumn, Sequence } from "../data/dataset.ts";
import { readDataset } from "../data/files.ts";
import { VrnnError } from "../errors.ts";
import type { Run } from "./run.ts";

/**
 * Reads the covariates of the steps after the end of some sequences. A table of one sequence serves them all; of
 * several, each serves the sequence of its name.
 *
 * @returns for each sequence `[steps, C]` in the order of the model's conditions; static ones are left open.
 * @throws VrnnError `data/...`, `forecast/no-conditions` when the model takes none, `forecast/no-covariates` when the
 * table has none for a sequence.
 */
export function readFuture(
  { model, config }: Pick<Run, "model" | "config">,
  path: string,
  sequences: readonly Sequence[],
): Float64Array[] {
  const conditions = model.conditions ?? [];
  const covariates = conditions.filter(({ role }) => role === "covariate");
  if (covariates.length === 0)
    throw new VrnnError(
      "forecast/no-conditions",
      "the model has no covariates, so nothing is known in advance",
      {
        at: path,
        remedy: "leave the table out",
      },
    );
  const { splits } = readDataset(path, { ...config.data.schema, split: [0, 0, 1], columns: covariates });
  const tables = [...splits.train, ...splits.valid, ...splits.test];
  return sequences.map(({ name }) => {
    const table = tables.length === 1 ? tables[0] : tables.find((each) => each.name === name);
    if (table !== undefined) return spread(table, conditions);
    throw new VrnnError("forecast/no-covariates", `there are no covariates of the sequence "${name}"`, {
      at: path,
      remedy: "give a table of one sequence for all, or of each by its name",
    });
  });
}

/** The covariates of a table at their places among all conditions; NaN elsewhere. `[steps, C]` */
function spread({ length, values }: Sequence, conditions: readonly ConditionColumn[]): Float64Array {
  const width = conditions.length;
  const all = new Float64Array(length * width).fill(Number.NaN);
  const places = conditions.flatMap(({ role }, i) => (role === "covariate" ? [i] : []));
  for (let t = 0; t < length; t++)
    places.forEach((place, i) => {
      all[t * width + place] = values[t * places.length + i]!;
    });
  return all;
}
