import { VrnnError } from "../../errors.ts";

/** How the steps of music are played. */
export interface Playing {
  /** Steps per beat. */
  readonly grid: number;
  /** Beats per minute. */
  readonly tempo: number;
}

/** The MIDI numbers of a piano's lowest and highest key. */
export const LOWEST_PITCH = 21;
export const HIGHEST_PITCH = 108;

export const isPianoKey = (pitch: number): boolean => pitch >= LOWEST_PITCH && pitch <= HIGHEST_PITCH;

/** Sixteenth notes, where a beat is a quarter. */
export const DEFAULT_GRID = 4;
/** No music is written finer, and the ticks of a beat still fit into the 15 bits that a MIDI file has for them. */
export const FINEST_GRID = 96;

/** What the 24 bits that a MIDI file has for the length of a beat can hold, in round numbers. */
export const TEMPO_RANGE: readonly [slowest: number, fastest: number] = [4, 1000];

/** @throws VrnnError `data/grid` unless the steps per beat are a whole number from 1 to 96. */
export function checkGrid(grid: number, at?: string): void {
  if (Number.isInteger(grid) && grid >= 1 && grid <= FINEST_GRID) return;
  throw new VrnnError("data/grid", `a grid of ${grid} steps to a beat cannot be used`, {
    ...(at !== undefined && { at }),
    remedy: `give a whole number from 1 to ${FINEST_GRID}`,
  });
}

/** @throws VrnnError `data/tempo` unless the beats per minute are from 4 to 1000. */
export function checkTempo(tempo: number): void {
  const [slowest, fastest] = TEMPO_RANGE;
  if (tempo >= slowest && tempo <= fastest) return;
  throw new VrnnError("data/tempo", `a tempo of ${tempo} beats a minute cannot be written`, {
    remedy: `give a number from ${slowest} to ${fastest}`,
  });
}
