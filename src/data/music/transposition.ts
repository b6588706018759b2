/** Pieces of music that are learned from in another key each time. */
import { VrnnError } from "../../errors.ts";
import type { ColumnsField, Fields } from "../fields.ts";
import type { Reread } from "../reread.ts";
import { isPianoKey } from "./playing.ts";

const OCTAVE = 12;

/**
 * Moves a piece into a key that is drawn each time it is learned from. What would sound beyond the keys that there are sounds an
 * octave nearer, and not at all where that is no key either.
 *
 * @param semitones how far up and down at most
 * @throws VrnnError `train/transpose` for other data than the keys of a piano
 * @example
 * const reread = transposition(data.fields, 5);
 * reread(part, Random.stream(1, "row", 7)); // the same piece, up to a fourth higher or lower
 */
export function transposition({ x }: Fields, semitones: number): Reread {
  if (!isOfKeys(x)) throw noKeys();
  const pitches = x.columns.map(({ name }) => Number(name));
  const places = new Map(pitches.map((pitch, d) => [pitch, d]));
  const placeOf = (pitch: number, shift: number): number | undefined =>
    places.get(pitch + shift) ?? places.get(pitch + shift - Math.sign(shift) * OCTAVE);
  return (part, random) => {
    const shift = random.integer(2 * semitones + 1) - semitones;
    const to = pitches.map((pitch) => placeOf(pitch, shift));
    return { ...part, values: { ...part.values, x: moved(part.values["x"] as Float64Array, to) } };
  };
}

/** @param values `[length, D]`: 1 where a key sounds @param to where each key goes, if anywhere */
function moved(values: Float64Array, to: readonly (number | undefined)[]): Float64Array {
  const width = to.length;
  const after = new Float64Array(values.length);
  values.forEach((value, i) => {
    const place = to[i % width];
    if (value !== 0 && place !== undefined) after[i - (i % width) + place] = value;
  });
  return after;
}

const isOfKeys = (field: Fields[string] | undefined): field is ColumnsField =>
  field?.kind === "columns" &&
  field.columns.every(({ name, kind }) => kind === "binary" && isPianoKey(Number(name)));

const noKeys = (): VrnnError =>
  new VrnnError("train/transpose", "only the keys of a piano are moved into other keys", {
    at: "--transpose",
    remedy: "leave it out, or give music: MIDI files or piano rolls",
  });
