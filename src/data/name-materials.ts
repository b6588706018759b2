import { endingOf } from "./formats.ts";
import { GIFS, VIDEOS } from "./images/film-names.ts";
import type { ModalityName } from "./modality.ts";
import { COLUMNS } from "./option-materials.ts";

/** What files may hold, by the end of their names: separated values may be labelled texts. */
const MATERIALS: Readonly<Record<string, readonly ModalityName[]>> = {
  ".csv": ["table", "text"],
  ".tsv": ["table", "text"],
  ".jsonl": ["table", "text"],
  ".ndjson": ["table", "text"],
  ".json": COLUMNS,
  ".mid": ["music"],
  ".midi": ["music"],
  ".npz": ["strokes"],
  ".npy": ["images", "table"],
  ...Object.fromEntries([...GIFS, ...VIDEOS].map((ending) => [ending, ["images"]])),
  ".txt": ["text"],
  ".ts": ["table"],
  ".parquet": ["table"],
};

/**
 * The materials that a file may be of, by the end of its name; undefined where that says nothing.
 *
 * @example
 * materialsOfName("song.mid.gz"); // ["music"]
 */
export const materialsOfName = (path: string): readonly ModalityName[] | undefined =>
  MATERIALS[endingOf(path)];
