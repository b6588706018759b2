/** Portable pixmaps (PGM and PPM of netpbm), one behind the other as they arrive. */
import { joinedBytes } from "../../collections.ts";
import type { Picture, Size } from "./picture.ts";

const HEADER = /^P([56])\s+(\d+)\s+(\d+)\s+255\s/;
/** No header is longer. */
const MOST_HEADER = 32;

/**
 * Reads pictures out of pieces of any length.
 *
 * @example
 * new PixmapReader(() => undefined).read(bytesOf("P5\n2 1\n255\nab")); // [{ width: 2, height: 1, channels: 1, pixels: [97, 98] }]
 */
export class PixmapReader {
  private readonly check: (size: Size) => void;
  private pieces: Uint8Array[] = [];
  private length = 0;
  /** How many bytes there have to be before it is worth to look. */
  private wanted = 1;

  /** @param check refuses a size, before its memory is taken */
  constructor(check: (size: Size) => void) {
    this.check = check;
  }

  /** The pictures that are whole now. */
  read(piece: Uint8Array): Picture[] {
    this.pieces.push(piece);
    this.length += piece.length;
    if (this.length < this.wanted) return [];
    let held = joinedBytes(this.pieces);
    const found: Picture[] = [];
    for (;;) {
      const header = HEADER.exec(String.fromCharCode(...held.subarray(0, MOST_HEADER)));
      if (header === null) break;
      const [, kind, width, height] = header.map(Number) as [number, number, number, number];
      this.check({ width, height });
      const channels = kind === 5 ? 1 : 3;
      const start = header[0].length;
      this.wanted = start + width * height * channels;
      if (held.length < this.wanted) break;
      found.push({ width, height, channels, pixels: held.slice(start, this.wanted) });
      held = held.subarray(this.wanted);
      this.wanted = 1;
    }
    [this.pieces, this.length] = [[held], held.length];
    return found;
  }
}
