/** The text that a run was trained on, or another one, in the tokens of the run. */
import type { SplitName } from "../data/dataset.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import { readText } from "../data/files-fields.ts";
import type { SequenceSource } from "../data/source.ts";
import type { RunConfig } from "../run/run-config.ts";
import { textKnowledgeOf } from "../run/run-fields.ts";
import { ALL, sourceOfSplit, whereTheyAre } from "./run-data.ts";

/**
 * The text of a run, with the run's vocabulary and labels.
 *
 * @param path where it is now, if not where the run found it.
 * @throws VrnnError `data/...`, `run/data`
 */
export const readRunText = (config: RunConfig, path: string = config.data.path): FieldDataset =>
  whereTheyAre(config, path, () => readText(path, config.data.schema, textKnowledgeOf(config)));

/**
 * Text that the run was not trained on.
 *
 * @param split the part of it that this split would get; all of it unless told.
 * @throws VrnnError `data/...`, `run/split`
 */
export function readOtherText(config: RunConfig, path: string, split?: SplitName): Promise<SequenceSource> {
  const { schema } = config.data;
  const data = readText(path, split === undefined ? { ...schema, ...ALL } : schema, textKnowledgeOf(config));
  return sourceOfSplit(data, split ?? "test", path);
}
