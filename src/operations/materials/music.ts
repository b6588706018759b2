import { midiBytes } from "../../data/music/midi-writer.ts";
import type { Playing } from "../../data/music/playing.ts";
import { numbered, pianoRollJson } from "../../data/write.ts";
import { counted } from "../../words/figures.ts";
import { type MadeUp, ofColumns, type WrittenSamples } from "../usual.ts";
import type { Material } from "./material.ts";

/** Keys that sound, written as a piano roll and as MIDI. */
export const music: Material = ofColumns(async (made) => written(made));

function written({ columns, sequences, modality, input: { tempo, grid } }: MadeUp): WrittenSamples {
  const ownGrid = "grid" in modality ? modality.grid : undefined;
  const playing = { tempo, grid: grid ?? ownGrid ?? STEPS_PER_BEAT };
  const files = {
    "samples.json": pianoRollJson(columns, sequences),
    ...numbered(sequences, "mid", (each) => midiBytes(columns, each, playing)),
  };
  return { shown: sequences, files, notes: sequences.length > 0 ? [playedAt(playing)] : [] };
}

/** Piano rolls in JSON say nothing of beats; those of Bach's chorales hold a quarter note to a step. */
const STEPS_PER_BEAT = 1;

const playedAt = ({ tempo, grid }: Playing): string =>
  `played at ${tempo} beats a minute, ${counted(grid, "step")} to a beat`;
