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
