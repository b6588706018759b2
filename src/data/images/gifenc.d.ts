/** What is used of gifenc, which tells no types itself. */
declare module "gifenc/dist/gifenc.js" {
  type Palette = number[][];

  interface Encoder {
    writeFrame(
      places: Uint8Array,
      width: number,
      height: number,
      options: { palette?: Palette; delay: number; repeat?: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  }

  interface Gifenc {
    GIFEncoder(): Encoder;
    /** The colours that stand best for pixels `[N, 4]`. */
    quantize(rgba: Uint8Array, most: number): Palette;
    /** For each pixel the place of its nearest colour. */
    applyPalette(rgba: Uint8Array, palette: Palette): Uint8Array;
  }

  export const GIFEncoder: Gifenc["GIFEncoder"];
  export const quantize: Gifenc["quantize"];
  export const applyPalette: Gifenc["applyPalette"];
  const gifenc: Gifenc;
  export default gifenc;
}
