/** The data of a run that are no table in memory (text, frames, JSON Lines in parts), or others like them. */
import type { SplitName } from "../data/dataset.ts";
import { type FieldDataset, sequenceSource } from "../data/field-dataset.ts";
import { type FieldReaderName, readerOf, readFields } from "../data/files-fields.ts";
import type { SequenceSource } from "../data/source.ts";
import { readOtherData, sourceOfSplit, whereTheyAre } from "./data.ts";
import type { RunConfig } from "./run-config.ts";

/** What reads the data of a run as fields; undefined for a table in memory. */
export const readerOfRun = ({ modality, data }: RunConfig): FieldReaderName | undefined =>
  readerOf(modality.name, data.schema);

/**
 * The data of a run, with the fields of the run.
 *
 * @param path where they are now, if not where the run found them.
 * @throws VrnnError `data/...`, `run/data`
 */
export async function readRunFields(
  reader: FieldReaderName,
  config: RunConfig,
  path: string = config.data.path,
): Promise<FieldDataset> {
  try {
    return await readFields(reader, path, config.data.schema, config.fields);
  } catch (cause) {
    throw whereTheyAre(config, path, cause);
  }
}

/**
 * Data that the run was not trained on, of whatever kind they are.
 *
 * @param split the part of them that this split would get; all of them unless told.
 * @throws VrnnError `data/...`, `run/split`
 */
export async function readOtherSource(
  config: RunConfig,
  path: string,
  split?: SplitName,
): Promise<SequenceSource> {
  const reader = readerOfRun(config);
  if (reader === undefined) return sequenceSource(readOtherData(config, path, split), config.fields);
  const { schema } = config.data;
  const shares = split === undefined ? ([0, 0, 1] as const) : schema.split;
  const data = await readFields(reader, path, { ...schema, split: shares }, config.fields);
  return sourceOfSplit(data, split ?? "test", path);
}
