/** Music as standard MIDI files, written as notes. */
import type { Column, Sequence } from "../dataset.ts";
import { pitchesAt } from "../write.ts";
import { checkGrid, checkTempo } from "./check-playing.ts";
import { bigEndian, chunk, type KeyEvent, writeTrack } from "./midi-events.ts";
import type { Playing } from "./playing.ts";

const TICKS_PER_STEP = 96;
const VELOCITY = 80;

/**
 * A sequence of sounding keys as a MIDI file of one track, for a piano. A pitch that sounds in consecutive steps is
 * one note; `parseMidiRoll` with the same grid reads the same steps (up to silence at the end).
 *
 * @param columns those of music
 * @throws VrnnError `data/grid`, `data/tempo`.
 * @example
 * writeFileSync("sample.mid", midiBytes(columns, sequence, { grid: 4, tempo: 100 }));
 */
export function midiBytes(
  columns: readonly Column[],
  sequence: Sequence,
  { grid, tempo }: Playing,
): Uint8Array {
  checkGrid(grid);
  checkTempo(tempo);
  const end = sequence.length * TICKS_PER_STEP;
  const header = [...bigEndian(0, 2), ...bigEndian(1, 2), ...bigEndian(grid * TICKS_PER_STEP, 2)];
  const track = writeTrack(
    { keys: keyEvents(columns, sequence), end },
    { microsecondsPerBeat: Math.round(60e6 / tempo), velocity: VELOCITY },
  );
  return Uint8Array.from([...chunk("MThd", header), ...track]);
}

/** In the order of time; keys are let go before others are pressed. */
function keyEvents(columns: readonly Column[], sequence: Sequence): KeyEvent[] {
  const events: KeyEvent[] = [];
  let before: readonly number[] = [];
  for (let step = 0; step <= sequence.length; step++) {
    const now = step < sequence.length ? pitchesAt(columns, sequence, step) : [];
    const changed = (isOn: boolean, from: readonly number[], to: readonly number[]) =>
      to
        .filter((pitch) => !from.includes(pitch))
        .map((pitch) => ({ tick: step * TICKS_PER_STEP, isOn, channel: 0, pitch }));
    events.push(...changed(false, now, before), ...changed(true, before, now));
    before = now;
  }
  return events;
}
