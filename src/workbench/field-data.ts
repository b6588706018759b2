/** The data of a run that are no table in memory (text, frames, JSON Lines in parts), or others like them. */
import type { SplitName } from "../data/dataset.ts";
import { isEncoded } from "../data/encoded.ts";
import { isEncoder } from "../data/encoder-path.ts";
import { type FieldDataset, sequenceSource } from "../data/field-dataset.ts";
import { type FieldReaderName, readerOf, readFields } from "../data/files-fields.ts";
import type { ModalityName } from "../data/modality.ts";
import type { Notice } from "../data/notice.ts";
import type { SequenceSource } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import { usageError } from "../options.ts";
import { changedNotes, digestOfSources } from "../run/digest.ts";
import type { RunConfig } from "../run/run-config.ts";
import {
  ALL,
  type OtherChoice,
  readOtherData,
  requireFile,
  sourceOfSplit,
  whereTheyAre,
} from "./run-data.ts";

/** What reads the data of a run as fields; undefined for a table in memory. */
export const readerOfRun = ({ modality, data }: RunConfig): FieldReaderName | undefined =>
  readerOf(modality.name, data.schema);

/**
 * The data of a run, with the fields of the run.
 *
 * @param notice is told what the data gave to notice, and when they have changed since.
 * @param path where they are now, if not where the run found them.
 * @throws VrnnError `data/...`, `run/data`
 */
export async function readRunFields(
  reader: FieldReaderName,
  config: RunConfig,
  notice: Notice,
  path: string = config.data.path,
): Promise<FieldDataset> {
  const data = await readWhereTheyAre(reader, config, path);
  notice([...data.notes, ...changedNotes(config, await digestOfSources(data))]);
  return data;
}

async function readWhereTheyAre(
  reader: FieldReaderName,
  config: RunConfig,
  path: string,
): Promise<FieldDataset> {
  requireFile(config, path);
  try {
    return await readFields(reader, path, config.data.schema, config);
  } catch (cause) {
    throw whereTheyAre(config, path, cause);
  }
}

/**
 * A run whose encoder is somewhere else. That it is the same is told by its checksum.
 *
 * @param path as it was unless told @throws VrnnError `usage/option` for what is no encoder, or where the run has none
 */
export function withEncoderAt(config: RunConfig, path: string | undefined): RunConfig {
  if (path === undefined) return config;
  const { schema } = config.data;
  if (schema.features === undefined || !isEncoder(schema.features))
    throw usageError(
      "option '--features' has no effect: no encoder reads the data of this run",
      "leave it out",
    );
  if (!isEncoder(path))
    throw usageError(`option '--features ${path}' names no encoder`, "write its path, or leave it out");
  return { ...config, data: { ...config.data, schema: { ...schema, features: path } } };
}

/** What is read without its encoder as well: pictures are pictures then, and texts texts. */
const READ_WITHOUT: readonly ModalityName[] = ["captions", "text"];

/** A run whose pictures or texts no encoder reads, which takes long: who needs what it tells, asks it. */
export function unencoded(config: RunConfig): RunConfig {
  const { modality } = config;
  if (!READ_WITHOUT.includes(modality.name) || !isEncoded(modality)) return config;
  const { features: _, pixels: __, ...schema } = config.data.schema;
  return { ...config, data: { ...config.data, schema } };
}

/**
 * The splits of the data that a run was trained on, of any kind but tables; undefined where they are no longer to be read.
 */
export async function ownSplits(
  config: RunConfig,
): Promise<Readonly<Record<SplitName, SequenceSource>> | undefined> {
  const reader = readerOfRun(config);
  if (reader === undefined) return undefined;
  try {
    return (await readWhereTheyAre(reader, config, config.data.path)).splits;
  } catch (cause) {
    if (cause instanceof VrnnError) return undefined;
    throw cause;
  }
}

/**
 * Data that the run was not trained on, of whatever kind they are.
 *
 * @param notice is told what the data gave to notice, such as tokens never seen in training.
 * @param choice the part of them that a split would get, all of them unless told; and what kind of file it is, by its name
 * unless told.
 * @throws VrnnError `data/...`, `run/split`
 */
export async function readOtherSource(
  config: RunConfig,
  notice: Notice,
  path: string,
  { split, format }: OtherChoice = {},
): Promise<SequenceSource> {
  const reader = readerOfRun(config);
  if (reader === undefined)
    return sequenceSource(readOtherData(config, notice, path, { split, format }).sequences, config.fields);
  const { schema } = config.data;
  const asked = { ...schema, format, ...(split === undefined && ALL) };
  const data = await readFields(reader, path, asked, config);
  notice(data.notes);
  return sourceOfSplit(data, split ?? "test", path);
}
