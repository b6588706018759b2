/** What `vrnn sample` writes. */
import type { Column, Sequence } from "../data/dataset.ts";
import type { ModalityName } from "../data/modality.ts";
import { midiBytes } from "../data/music/midi-writer.ts";
import type { Playing } from "../data/music/playing.ts";
import { pianoRollJson, sequenceCsv, strokesJson, untilEnd } from "../data/write.ts";

/** How sequences of a kind are written beside their pictures: names of files and what goes into them. */
type Writer = (
  columns: readonly Column[],
  sequences: readonly Sequence[],
  playing: Playing,
) => Readonly<Record<string, string | Uint8Array>>;

/** A file for each sequence, numbered from 1. */
const numbered = (
  sequences: readonly Sequence[],
  ending: string,
  contentOf: (sequence: Sequence) => string | Uint8Array,
) => Object.fromEntries(sequences.map((each, i) => [`sample-${i + 1}.${ending}`, contentOf(each)]));

const table: Writer = (columns, sequences) =>
  numbered(sequences, "csv", (each) => sequenceCsv(columns, each));

/** By what the sequences are of; a table where nothing is said. */
const writers: { readonly [Name in ModalityName]?: Writer } = {
  music: (columns, sequences, playing) => ({
    "samples.json": pianoRollJson(columns, sequences),
    ...numbered(sequences, "mid", (each) => midiBytes(columns, each, playing)),
  }),
  strokes: (columns, sequences) => ({ "samples.json": strokesJson(columns, sequences) }),
};

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
  material: ModalityName,
  playing: Playing,
): SampleFiles {
  const shown = material === "strokes" ? sequences.map((each) => untilEnd(columns, each)) : sequences;
  const write = writers[material] ?? table;
  return { files: write(columns, shown, playing), shown };
}
