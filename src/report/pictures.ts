import type { Column, Sequence } from "../data/dataset.ts";
import type { ModalityName } from "../data/modality.ts";
import { newAlbum } from "./album.ts";
import { excerptOf } from "./excerpt.ts";
import { excerptFigure, excerptReading } from "./figures/excerpt.ts";

/**
 * A picture of each sequence, drawn as what it is (a drawing, a piano roll, curves): names of files to SVG documents.
 *
 * @example
 * picturesOf(columns, samples, "music"); // { "sample-1.svg": "<svg ...", "sample-2.svg": ... }
 */
export function picturesOf(
  columns: readonly Column[],
  sequences: readonly Sequence[],
  material: ModalityName,
): Readonly<Record<string, string>> {
  const album = newAlbum("steps");
  for (const [i, sequence] of sequences.entries()) {
    const excerpt = excerptOf(columns, sequence, { material, most: sequence.length });
    album.add({
      name: `sample ${i + 1}`,
      title: sequence.name,
      reading: `Made up by the model. ${excerptReading(excerpt)}`,
      draw: (canvas) => excerptFigure(excerpt, canvas),
    });
  }
  return album.pictures;
}
