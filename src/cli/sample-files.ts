/** What `vrnn sample` writes. */
import type { Column, Sequence } from "../data/dataset.ts";
import { midiBytes } from "../data/midi.ts";
import type { Playing } from "../data/playing.ts";
import { arePitches, areStrokes, pianoRollJson, sequenceCsv, strokesJson, untilEnd } from "../data/write.ts";
import { picturesOf } from "../run/report-content.ts";

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

/** The files of sampled sequences by name: tables, music or drawings, then a picture of each. */
export function filesOf(
  columns: readonly Column[],
  sequences: readonly Sequence[],
  playing: Playing,
): Readonly<Record<string, string | Uint8Array>> {
  const whole = areStrokes(columns) ? sequences.map((each) => untilEnd(columns, each)) : sequences;
  const { write } = WRITERS.find(({ fits }) => fits(columns))!;
  return { ...write(columns, whole, playing), ...picturesOf(columns, whole) };
}
