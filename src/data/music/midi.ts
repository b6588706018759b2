/** Music in standard MIDI files, read onto a grid. */

import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import type { Dataset } from "../dataset.ts";
import type { SchemaOptions } from "../tables/schema.ts";
import { checkGrid } from "./check-playing.ts";
import { type KeyEvent, readTrack, type TrackEvents } from "./midi-events.ts";
import { type Roll, rollDataset } from "./piano-roll.ts";
import { DEFAULT_GRID, HIGHEST_PITCH, isPianoKey, LOWEST_PITCH } from "./playing.ts";

/** Over eight hours of sixteenth notes at 120 beats a minute: a longer piece is a corrupt one. */
const MOST_STEPS = 250_000;
/** Keys that sound, added up over the steps: 20 at once for eight hours. */
const MOST_SOUNDING = 5_000_000;
/** Channel 10 of the General MIDI standard, counted from 0: its notes are drums, not pitches. */
const PERCUSSION = 9;

/** A piece, and what a piano has no key for. */
export interface MidiRoll extends Roll {
  /** How many notes were left out. */
  readonly outside: number;
  /** How many notes are never let go, and sound to the end of their track. */
  readonly held: number;
  /** How many tracks the file tells of and does not have. */
  readonly lost: number;
}

/** A pitch that sounds from one tick to another. */
interface Note {
  readonly pitch: number;
  readonly from: number;
  readonly to: number;
  /** Whether nothing let it go. */
  readonly isHeld: boolean;
}

/**
 * Reads a MIDI file onto a grid of steps. All tracks and channels but percussion sound together; a note sounds in the
 * steps that it covers, its ends moved to the nearest step, and in one at least. What a roll cannot hold is not kept:
 * a key struck anew while or right after it sounds is one held note, loudness, tempo and pedal are left aside. Silence
 * before the first note is kept, silence after the last is not.
 *
 * @param file where the bytes come from, for messages.
 * @param grid steps per beat.
 * @throws VrnnError `data/midi` with the offset of the byte for what is no MIDI file, or is cut short; `data/grid`.
 * @example
 * parseMidiRoll(bytes, "a.mid", "a", 4).steps; // [[60], [60, 64], [], ...]
 */
export function parseMidiRoll(bytes: Uint8Array, file: string, name: string, grid = DEFAULT_GRID): MidiRoll {
  checkGrid(grid, file);
  const { ticksPerBeat, tracks, lost } = readChunks(bytes, file);
  const notes = tracks.flatMap((track, i) => notesOf(eventsOf(track, i, file)));
  const keys = notes.filter(({ pitch }) => isPianoKey(pitch));
  return {
    name,
    steps: keysByStep(keys, grid / ticksPerBeat, file),
    outside: notes.length - keys.length,
    held: keys.filter(({ isHeld }) => isHeld).length,
    lost,
  };
}

/**
 * A data set of MIDI files, a sequence each; those without a note are left out.
 *
 * @throws VrnnError `data/midi` when none has a note.
 */
export function midiDataset(rolls: readonly MidiRoll[], options: SchemaOptions, source: string): Dataset {
  const sounding = rolls.filter(({ steps }) => steps.length > 0);
  if (sounding.length === 0)
    throw noMidi("there is no note on any pitched channel", source, "give other music");
  const dataset = rollDataset(sounding, options, source);
  const grid = options.grid ?? DEFAULT_GRID;
  const beat = `grid: ${counted(grid, "step")} to a beat`;
  return {
    ...dataset,
    modality: { name: "music", grid },
    notes: [beat, ...leftOut(rolls), ...dataset.notes],
  };
}

function leftOut(rolls: readonly MidiRoll[]): string[] {
  const silent = rolls.filter(({ steps }) => steps.length === 0);
  const beyond = rolls.filter(({ outside }) => outside > 0);
  const stuck = rolls.filter(({ held }) => held > 0);
  const partial = rolls.filter(({ lost }) => lost > 0);
  const [notes, held] = [sumOf(beyond, "outside"), sumOf(stuck, "held")];
  const range = `${LOWEST_PITCH} to ${HIGHEST_PITCH}`;
  return [
    ...(silent.length > 0 ? [`left out, for want of notes on pitched channels: ${listed(silent)}`] : []),
    ...(notes > 0 ? [`notes outside pitches ${range} are left out: ${notes}, in ${listed(beyond)}`] : []),
    ...(held > 0 ? [`notes never let go sound to the end of their track: ${held}, in ${listed(stuck)}`] : []),
    ...(partial.length > 0 ? [`some tracks that the file tells of are not there: ${listed(partial)}`] : []),
  ];
}

const sumOf = (rolls: readonly MidiRoll[], count: "outside" | "held"): number =>
  rolls.reduce((sum, roll) => sum + roll[count], 0);

const listed = (rolls: readonly Roll[]): string => {
  const names = rolls.slice(0, 3).map(({ name }) => `"${name}"`);
  return rolls.length > names.length
    ? `${names.join(", ")} and ${rolls.length - names.length} more`
    : names.join(", ");
};

/** A track as it stands in a file, and where. */
interface Track {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface Chunks {
  readonly ticksPerBeat: number;
  readonly tracks: readonly Track[];
  readonly lost: number;
}

const HEADER_SIZE = 14;
/** Four letters and a length. */
const CHUNK_HEAD = 8;

/** Finds the tracks of a file; the parser of events does not see where a file was cut. */
function readChunks(bytes: Uint8Array, file: string): Chunks {
  if (bytes.length === 0) throw noMidi("the file is empty", file);
  if (idAt(bytes, 0) !== "MThd")
    throw noMidi('no MIDI file: it does not begin with "MThd"', file, "give another file");
  if (bytes.length < HEADER_SIZE) throw cutShort(bytes.length, file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [headerLength, format, count, division] = [
    view.getUint32(4),
    view.getUint16(8),
    view.getUint16(10),
    view.getUint16(12),
  ];
  if (headerLength < 6) throw noMidi("the header is too short", `${file}, byte 4`);
  if (format > 1)
    throw noMidi(`format ${format} holds no single piece`, `${file}, byte 8`, "export it as format 0 or 1");
  return {
    ticksPerBeat: checkDivision(division, file),
    ...readTracks(bytes, view, 8 + headerLength, count, file),
  };
}

function checkDivision(division: number, file: string): number {
  if (division > 0 && division < 0x8000) return division;
  const what =
    division === 0 ? "a beat has no ticks" : "time is counted in film frames (SMPTE), not in beats";
  throw noMidi(what, `${file}, byte 12`, "export it again with ticks per beat");
}

/** A file that ends between two tracks is read as far as it goes. */
function readTracks(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  count: number,
  file: string,
): Pick<Chunks, "tracks" | "lost"> {
  const tracks: Track[] = [];
  let offset = start;
  while (tracks.length < count && (offset !== bytes.length || tracks.length === 0)) {
    if (offset + CHUNK_HEAD > bytes.length) throw cutShort(bytes.length, file);
    const end = offset + CHUNK_HEAD + view.getUint32(offset + 4);
    if (end > bytes.length) throw cutShort(bytes.length, file);
    // Chunks of other kinds are allowed and mean nothing here.
    if (idAt(bytes, offset) === "MTrk") tracks.push({ offset, bytes: bytes.subarray(offset, end) });
    offset = end;
  }
  return { tracks, lost: count - tracks.length };
}

const idAt = (bytes: Uint8Array, offset: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + 4));

/** The events of a track by their place in the file. */
function eventsOf({ offset, bytes }: Track, index: number, file: string): TrackEvents {
  const place = (within: number) => `${file}, track ${index + 1}, byte ${offset + CHUNK_HEAD + within}`;
  return readTrack(bytes.subarray(CHUNK_HEAD), (what, within) => noMidi(`corrupt: ${what}`, place(within)));
}

/** The notes of a track but its drums. A key struck anew begins another note; one never let go sounds to the end. */
function notesOf({ keys, end }: TrackEvents): Note[] {
  const notes: Note[] = [];
  const sounding = new Map<number, KeyEvent>();
  const release = (key: number, to: number, isHeld = false) => {
    const started = sounding.get(key);
    if (started) notes.push({ pitch: started.pitch, from: started.tick, to, isHeld });
    sounding.delete(key);
  };
  for (const event of keys) {
    if (event.channel === PERCUSSION) continue;
    const key = event.channel * 128 + event.pitch;
    release(key, event.tick);
    if (event.isOn) sounding.set(key, event);
  }
  for (const key of [...sounding.keys()]) release(key, end, true);
  return notes;
}

/** The pitches at each step, the lowest first. */
function keysByStep(notes: readonly Note[], stepsPerTick: number, file: string): number[][] {
  const placed = notes.map(({ pitch, from, to }) => {
    const start = Math.round(from * stepsPerTick);
    return { pitch, from: start, to: Math.max(start + 1, Math.round(to * stepsPerTick)) };
  });
  const length = placed.reduce((last, { to }) => Math.max(last, to), 0);
  if (length > MOST_STEPS) {
    const what = `the piece has ${length} steps, more than ${MOST_STEPS}`;
    throw noMidi(what, file, "choose a coarser grid, or cut the piece");
  }
  const sounding = placed.reduce((sum, { from, to }) => sum + to - from, 0);
  if (sounding > MOST_SOUNDING) {
    const what = `more keys sound than in any piece: ${sounding} over ${length} steps`;
    throw noMidi(what, file, "choose a coarser grid, or cut the piece");
  }
  const steps = Array.from({ length }, (): number[] => []);
  // Pitch by pitch, in the order of time, so that notes that overlap are filled in once.
  const filled = new Map<number, number>();
  for (const { pitch, from, to } of placed.sort((a, b) => a.pitch - b.pitch || a.from - b.from)) {
    for (let t = Math.max(from, filled.get(pitch) ?? 0); t < to; t++) steps[t]!.push(pitch);
    filled.set(pitch, Math.max(to, filled.get(pitch) ?? 0));
  }
  return steps;
}

const cutShort = (length: number, file: string): VrnnError =>
  noMidi("cut short: the file ends within a track", `${file}, byte ${length}`);

const noMidi = (what: string, at: string, remedy = "fetch or export the file again"): VrnnError =>
  new VrnnError("data/midi", what, { at, remedy });
