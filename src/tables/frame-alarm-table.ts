import { csvText } from "../data/write.ts";
import { rounded } from "./score-table.ts";

/** A clip with how odd its frames are. */
export interface JudgedClip {
  readonly name: string;
  /** `[T]`: in deviations of clean frames. */
  readonly scores: Float64Array;
  /** `[T]`: the first column and row of the worst patch. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** `[T]`: 1 where the score is above the threshold. */
  readonly alarms: Uint8Array;
}

/** Frames as comma-separated values, a row each: clip, frame (from 1), score, the place of the worst patch, and alarm (1 or 0). */
export function frameAlarmTable(clips: readonly JudgedClip[]): string {
  const rows = clips.flatMap(({ name, scores, x, y, alarms }) =>
    Array.from(scores, (score, t) => [name, t + 1, rounded(score), x[t]!, y[t]!, alarms[t]!]),
  );
  return csvText(["clip", "frame", "score", "x", "y", "alarm"], rows);
}
