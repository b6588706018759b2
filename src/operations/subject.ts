/** The run of an operation, and the sequences that it is to work on. */
import type { Column, Sequence, SplitName } from "../data/dataset.ts";
import { TABLES } from "../data/option-materials.ts";
import { VrnnError } from "../errors.ts";
import { type ModelColumns, modelDataOf } from "../models/family.ts";
import type { TrainedModel } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { KeptCells } from "../workbench/run-data.ts";
import type { Chosen, Context } from "./context.ts";
import { materialOf, takenBy } from "./materials/index.ts";

/** Does something, and says by which operation where it cannot be done with data that are read in parts. */
async function namedBy<Value>(name: string, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (cause) {
    if (!(cause instanceof VrnnError) || cause.code !== "run/streamed") throw cause;
    const { code, at, remedy } = cause;
    throw new VrnnError(code, `${name} works in memory, and the data of the run are read in parts`, {
      ...(at !== undefined && { at }),
      ...(remedy !== undefined && { remedy }),
      cause,
    });
  }
}

/** The model, what computes it, and the sequences that it is to work on. */
export interface Subject extends Chosen {
  readonly config: TrainedModel["config"];
  /** What every task over sequences wants to be told. */
  readonly settings: Pick<TrainedModel, "model" | "weights"> & {
    readonly runtime: Runtime;
    readonly columns: readonly Column[];
    readonly sequences: readonly Sequence[];
  };
}

/** A model of columns with all that is known of it. */
export type TableRun = TrainedModel & Pick<ModelColumns, "columns" | "scaleSteps">;

/**
 * The run of an operation that works on columns alone.
 *
 * @param name of the operation, for the message
 * @throws VrnnError `operation/columns` for a run of anything else, which says what can be done with it
 */
export async function tableRun(context: Context, name: string): Promise<TableRun> {
  const run = await context.run();
  const data = modelDataOf(run.config.fields);
  // Steps that were made of frames are no rows of a table.
  if (!("columns" in data) || "frames" in run.config.fields) throw await noTable(context, name);
  const { columns, scaleSteps } = data;
  return { ...run, columns, ...(scaleSteps !== undefined && { scaleSteps }) };
}

async function noTable(context: Context, name: string): Promise<VrnnError> {
  const { modality } = (await context.run()).config;
  const what = `${name} works on tables, and this run is of ${modality.name}`;
  const remedy = takenBy(await materialOf(context));
  return new VrnnError("operation/columns", what, { at: context.files?.path ?? name, remedy });
}

/** Opens the run, then its data, then what computes: the order in which mistakes cost least. */
export async function subjectOf(
  context: Context,
  name: string,
  kept?: KeptCells,
  usual?: SplitName,
): Promise<Subject> {
  const { config, model, weights, columns } = await tableRun(context, name);
  // The files of such a run hold no rows, whatever its columns are.
  if (!TABLES.includes(config.modality.name)) throw await noTable(context, name);
  const chosen = await namedBy(name, () => context.sequences(kept, usual));
  const { sequences } = chosen;
  const settings = { runtime: await context.runtime(), model, weights, columns, sequences };
  return { config, ...chosen, settings };
}
