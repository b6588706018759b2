/** What `vrnn sample` writes. */
import type { Column, Sequence } from "../data/dataset.ts";
import { midiBytes } from "../data/midi.ts";
import type { Playing } from "../data/playing.ts";
import { arePitches, areStrokes, pianoRollJson, sequenceCsv, strokesJson, untilEnd } from "../data/write.ts";

/** How sequences of a kind are written beside their pictures: names of files and what goes into them. */
interface Writer {
  readonly fits: (columns: readonly Column[]) => boolean;
  readonly write: (
    columns: readonly Column[],
    sequences: readonly Sequence[],
    playing: Playing,
  ) => Readonly<Record<string, string | Uint8Array>>;
}

/** A file for each sequence, numbered from 1. */
const numbered = (
  sequences: readonly Sequence[],
  ending: string,
  contentOf: (sequence: Sequence) => string | Uint8Array,
) => Object.fromEntries(sequences.map((each, i) => [`sample-${i + 1}.${ending}`, contentOf(each)]));

/** The first that fits writes; the last fits all. */
const WRITERS: readonly Writer[] = [
  {
    fits: arePitches,
    write: (columns, sequences, playing) => ({
      "samples.json": pianoRollJson(columns, sequences),
      ...numbered(sequences, "mid", (each) => midiBytes(columns, each, playing)),
    }),
  },
  {
    fits: areStrokes,
    write: (columns, sequences) => ({ "samples.json": strokesJson(columns, sequences) }),
  },
  {
    fits: () => true,
    write: (columns, sequences) => numbered(sequences, "csv", (each) => sequenceCsv(columns, each)),
  },
];

/** Sampled sequences as files. */
export interface SampleFiles {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** The sequences as they are to be shown: a drawing stops at its end. */
  readonly shown: readonly Sequence[];
}

/** Tables, music or drawings, by the names of their files. */
export function sampleFiles(
  columns: readonly Column[],
  sequences: readonly Sequence[],
  playing: Playing,
): SampleFiles {
  const shown = areStrokes(columns) ? sequences.map((each) => untilEnd(columns, each)) : sequences;
  const { write } = WRITERS.find(({ fits }) => fits(columns))!;
  return { files: write(columns, shown, playing), shown };
}
