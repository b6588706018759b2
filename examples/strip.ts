/** Frames side by side as a picture, row under row. */
import { writeFileSync } from "node:fs";
import { encode } from "fast-png";

const [gap, grey, magnified] = [1, 128, 4];

/** Frames of a row, each `[side · side]` from 0 to 1. */
export type Row = readonly ArrayLike<number>[];

/** Writes a PNG, four pixels a pixel. */
export function writeStrip(file: string, rows: readonly Row[], side: number): void {
  const pitch = side + gap;
  const [across, down] = [rows[0]!.length * pitch + gap, rows.length * pitch + gap];
  const width = across * magnified;
  const data = Uint8Array.from({ length: across * down * magnified ** 2 }, (_, i) => {
    const [y, x] = [Math.floor(i / width / magnified) - gap, Math.floor((i % width) / magnified) - gap];
    const isGap = y < 0 || x < 0 || y % pitch >= side || x % pitch >= side;
    if (isGap) return grey;
    const frame = rows[Math.floor(y / pitch)]![Math.floor(x / pitch)]!;
    return Math.round(255 * frame[(y % pitch) * side + (x % pitch)]!);
  });
  writeFileSync(file, encode({ width, height: down * magnified, data, channels: 1 }));
}
