/** Frames side by side as a picture, row under row. */
import { encode } from "fast-png";

const [GAP, GREY] = [1, 128];
/** Small frames are drawn so much larger that a row of them can be looked at. */
const SMALL = 64;

/** Frames of a row, each `[H·W·C]` from 0 to 1. */
export type FrameRow = readonly ArrayLike<number>[];

/**
 * Rows of frames as a PNG, a grey line between them; rows may be of different lengths. Frames below 64 pixels are magnified.
 *
 * @param shape `[H, W]` or `[H, W, C]`; of other than three colours the first is drawn
 * @example
 * writeFileSync("frames.png", framesPng([[first, second], [first, expected]], [16, 16]));
 */
export function framesPng(rows: readonly FrameRow[], shape: readonly number[]): Uint8Array {
  const [high, wide, colours = 1] = shape as [number, number, number?];
  const channels = colours === 3 ? 3 : 1;
  const scale = Math.max(1, Math.floor(SMALL / Math.max(high, wide)));
  const most = rows.reduce((longest, row) => Math.max(longest, row.length), 0);
  const [across, down] = [most * (wide + GAP) + GAP, rows.length * (high + GAP) + GAP];
  const width = across * scale;
  const data = new Uint8Array(width * down * scale * channels);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels);
    const y = Math.floor(pixel / width / scale) - GAP;
    const x = Math.floor((pixel % width) / scale) - GAP;
    const frame = rows[Math.floor(y / (high + GAP))]?.[Math.floor(x / (wide + GAP))];
    const [top, left] = [y % (high + GAP), x % (wide + GAP)];
    const isGap = y < 0 || x < 0 || top >= high || left >= wide || frame === undefined;
    data[i] = isGap ? GREY : Math.round(255 * frame[(top * wide + left) * colours + (i % channels)]!);
  }
  return encode({ width, height: down * scale, data, channels });
}
