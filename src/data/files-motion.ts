/** Tracks of moving things from tables, a scene a file. */
import { dirname, join, relative } from "node:path";
import { groupBy } from "../collections.ts";
import type { FieldDataset, KnownData } from "./field-dataset.ts";
import { listFolder } from "./files.ts";
import { readText, statusOf } from "./files-bytes.ts";
import { endingOf, sequenceName } from "./formats.ts";
import { type MotionFields, motionDataset } from "./motion/motion-dataset.ts";
import { windowSizeOf } from "./motion/size.ts";
import { LIKELY_AGENT, type ReadScene, sceneOf } from "./motion/tracks.ts";
import type { SplitShares } from "./split.ts";
import { cellReader } from "./tables/cells.ts";
import { parseCsv } from "./tables/csv.ts";

/** How tracks are read. */
export interface MotionSchema {
  /** The column that tells the agent; `auto`: found by what columns are called, or by their order. */
  readonly agent?: string | undefined;
  readonly split?: SplitShares | undefined;
}

const TABLES = [".csv", ".tsv", ".txt"];
const tracks = { knows: (path: string) => TABLES.includes(endingOf(path)), names: TABLES.join(", ") };

/**
 * The scenes of a table, or of those of a folder, which may lie in sub-folders that are called after splits. Two files of one name are
 * told apart by their folders.
 *
 * @throws VrnnError `data/tracks`, `data/...`
 * @example
 * readScenes("eth/biwi_eth.txt", "auto")[0].scene.moments; // Float64Array(1142) [780, 790, ...]
 */
export function readScenes(path: string, agent: string = LIKELY_AGENT): readonly ReadScene[] {
  const read = scenesIn(path, agent);
  const byName = groupBy(read, ({ scene }) => scene.name);
  return read.map(({ file, scene, notes }) => {
    const isAlone = byName.get(scene.name)!.length === 1;
    const name = isAlone ? scene.name : join(dirname(relative(path, file)), scene.name);
    return { scene: { ...scene, name }, notes };
  });
}

/** The same, each called by its file alone: what is drawn in training and in scoring depends on that. */
function scenesIn(
  path: string,
  agent: string = LIKELY_AGENT,
): readonly (ReadScene & { readonly file: string })[] {
  const files = statusOf(path).isDirectory() ? listFolder(path, tracks).files : [{ path, split: undefined }];
  return files.map((file) => {
    const table = parseCsv(readText(file.path), file.path, sequenceName(file.path), cellReader());
    return { ...sceneOf({ ...table, split: file.split }, agent), file: file.path };
  });
}

/**
 * Tracks as a data set.
 *
 * @param known what a trained model is of
 * @throws VrnnError `data/tracks`, `data/no-training`
 */
export function readMotion(path: string, { agent, split }: MotionSchema, known?: KnownData): FieldDataset {
  const read = scenesIn(path, agent);
  const data = motionDataset(
    read.map(({ scene }) => scene),
    path,
    known === undefined
      ? { split }
      : { split, size: windowSizeOf(known), fields: known.fields as MotionFields & KnownData["fields"] },
  );
  return { ...data, notes: [...read.flatMap(({ notes }) => notes), ...data.notes] };
}
