/** The labels of the sequences that an operation works on, where any are known. */
import type { Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import type { RunConfig } from "../run/run-config.ts";
import { labelOfRun } from "../run/run-fields.ts";
import { counted } from "../words/figures.ts";
import { type Context, filesOf } from "./context.ts";

/**
 * The label of each sequence by name.
 *
 * @param path a file of rows of sequence,label; the label column of the run unless told
 * @returns `[N]`; undefined where there is neither a file nor such a column, or no sequence has a label
 */
export async function labelNames(
  context: Context,
  config: RunConfig,
  sequences: readonly Sequence[],
  path: string | undefined,
): Promise<readonly (string | undefined)[] | undefined> {
  const labels = await labelsOf(context, config, sequences, path);
  return labels?.some((label) => label !== undefined) ? labels : undefined;
}

/** The error for labels of which none is of a sequence at hand. @param path of their file, if there is one */
export function noLabels(path: string | undefined, sequences: readonly Sequence[]): VrnnError {
  const what = `none of the ${counted(sequences.length, "sequence")} has a label`;
  return new VrnnError("data/label", what, {
    ...(path !== undefined && { at: path }),
    remedy: labelRemedy(sequences),
  });
}

/** What to do where labels are missing. */
export const labelRemedy = ([first]: readonly Sequence[]): string =>
  `give labels of at least two kinds with --labels, rows of sequence,label by names such as "${first?.name ?? ""}"`;

async function labelsOf(
  context: Context,
  config: RunConfig,
  sequences: readonly Sequence[],
  path: string | undefined,
): Promise<readonly (string | undefined)[] | undefined> {
  if (path !== undefined) {
    const named = await filesOf(context).sequenceLabels(path);
    return sequences.map(({ name }) => named.get(name));
  }
  const field = labelOfRun(config);
  if (field === undefined || field.axis === "T") return undefined;
  return sequences.map(({ label }) => field.levels[label?.[0] ?? -1]);
}
