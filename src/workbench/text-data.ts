/** The text that a run was trained on, or another one, in the tokens of the run. */
import type { SplitName } from "../data/dataset.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import { readText } from "../data/files-fields.ts";
import type { Notice } from "../data/notice.ts";
import type { SequenceSource } from "../data/source.ts";
import { changedNotes, digestOfSources } from "../run/digest.ts";
import type { RunConfig } from "../run/run-config.ts";
import { textKnowledgeOf } from "../run/run-fields.ts";
import { ALL, sourceOfSplit, whereTheyAre } from "./run-data.ts";

/**
 * The text of a run, with the run's vocabulary and labels.
 *
 * @param notice is told what the text gave to notice, and when it has changed since.
 * @param path where it is now, if not where the run found it.
 * @throws VrnnError `data/...`, `run/data`
 */
export async function readRunText(
  config: RunConfig,
  notice: Notice,
  path: string = config.data.path,
): Promise<FieldDataset> {
  const read = () => readText(path, config.data.schema, textKnowledgeOf(config));
  const data = whereTheyAre(config, path, read);
  notice([...data.notes, ...changedNotes(config, await digestOfSources(data))]);
  return data;
}

/**
 * Text that the run was not trained on.
 *
 * @param notice is told what the text gave to notice, such as tokens never seen in training.
 * @param split the part of it that this split would get; all of it unless told.
 * @throws VrnnError `data/...`, `run/split`
 */
export function readOtherText(
  config: RunConfig,
  notice: Notice,
  path: string,
  split?: SplitName,
): Promise<SequenceSource> {
  const { schema } = config.data;
  const data = readText(path, split === undefined ? { ...schema, ...ALL } : schema, textKnowledgeOf(config));
  notice(data.notes);
  return sourceOfSplit(data, split ?? "test", path);
}
