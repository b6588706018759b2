/** How a camera was held: the one fact of EXIF (CIPA DC-008) that pixels depend on. */
import type { Picture } from "./picture.ts";

/** The tag of it, and the type of a whole number of 16 bits. */
const [ORIENTATION, SHORT] = [0x0112, 3];
/** "Exif" and two zeros, before the header of TIFF. */
const MARK = [0x45, 0x78, 0x69, 0x66, 0, 0];

/**
 * From where the first row and column of a picture are seen, 1 to 8; 1, as they stand, where nothing sound says otherwise.
 *
 * @param segment the content of an APP1 segment of JPEG
 */
export function orientationOf(segment: Uint8Array): number {
  if (segment.length < MARK.length + 8 || MARK.some((byte, i) => segment[i] !== byte)) return 1;
  const tiff = segment.subarray(MARK.length);
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  const isLittle = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > tiff.length) return 1;
  const count = view.getUint16(directory, isLittle);
  for (let entry = directory + 2; entry < directory + 2 + 12 * count; entry += 12) {
    if (entry + 12 > tiff.length) return 1;
    if (view.getUint16(entry, isLittle) !== ORIENTATION || view.getUint16(entry + 2, isLittle) !== SHORT)
      continue;
    const orientation = view.getUint16(entry + 8, isLittle);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}

/** Where a pixel of the upright picture is found: the row and column as they are stored. */
type Place = (
  y: number,
  x: number,
  last: { readonly row: number; readonly column: number },
) => readonly [number, number];

/** By the orientation; of 5 to 8 rows are columns. */
const PLACES: Readonly<Record<number, Place>> = {
  2: (y, x, last) => [y, last.column - x],
  3: (y, x, last) => [last.row - y, last.column - x],
  4: (y, x, last) => [last.row - y, x],
  5: (y, x) => [x, y],
  6: (y, x, last) => [last.row - x, y],
  7: (y, x, last) => [last.row - x, last.column - y],
  8: (y, x, last) => [x, last.column - y],
};

/** A picture as the camera was held. @param orientation as `orientationOf` tells it */
export function upright(picture: Picture, orientation: number): Picture {
  const placeOf = PLACES[orientation];
  if (placeOf === undefined) return picture;
  const { channels, pixels } = picture;
  const isTurned = orientation >= 5;
  const [width, height] = isTurned ? [picture.height, picture.width] : [picture.width, picture.height];
  const last = { row: picture.height - 1, column: picture.width - 1 };
  const turned = new Uint8Array(pixels.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [row, column] = placeOf(y, x, last);
      const from = (row * picture.width + column) * channels;
      turned.set(pixels.subarray(from, from + channels), (y * width + x) * channels);
    }
  }
  return { width, height, channels, pixels: turned };
}
