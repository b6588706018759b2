/** A picture from its other sides, for what has neither an up nor a left. */
import { usageError } from "../../options.ts";

/** The most views of a picture; of one that is not square half of them, as it cannot lie on its side. */
export const MOST_VIEWS = 8;

/**
 * A picture as it is, in a mirror, upside down and both, and then all of these on their side.
 *
 * @param pixels `[H, W, C]` @param count of views
 * @returns views of the same shape, the first of them the picture itself
 * @throws VrnnError `usage/option` where it has not as many
 * @example
 * viewsOf(Uint8Array.of(1, 2, 3, 4), [2, 2, 1], 3).map(String); // ["1,2,3,4", "2,1,4,3", "3,4,1,2"]
 */
export function viewsOf(
  pixels: Uint8Array,
  [height, width, channels]: readonly [number, number, number],
  count: number,
): Uint8Array[] {
  const most = height === width ? MOST_VIEWS : MOST_VIEWS / 2;
  if (count > most)
    throw usageError(
      `option '--views': pictures of ${width} × ${height} have ${most} views`,
      `say no more than ${most}`,
    );
  return Array.from({ length: count }, (_, view) => {
    const [isMirrored, isUpsideDown, isOnItsSide] = [1, 2, 4].map((bit) => (view & bit) !== 0);
    const seen = new Uint8Array(pixels.length);
    for (let i = 0, to = 0; i < height; i++)
      for (let j = 0; j < width; j++, to += channels) {
        const [row, column] = [isUpsideDown ? height - 1 - i : i, isMirrored ? width - 1 - j : j];
        const from = (isOnItsSide ? column * width + row : row * width + column) * channels;
        for (let c = 0; c < channels; c++) seen[to + c] = pixels[from + c]!;
      }
    return seen;
  });
}
