import { VrnnError } from "../../errors.ts";
import { FINEST_GRID, TEMPO_RANGE } from "./playing.ts";

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
