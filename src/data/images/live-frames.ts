/** Frames that come in one at a time. */
import type { VrnnError } from "../../errors.ts";

/** What comes in: a clip begins, a frame of it, a frame that cannot be read, or a word for the person who waits. */
export type LiveFrame =
  | { readonly type: "clip"; readonly name: string }
  | {
      readonly type: "frame";
      /** `[H·W·C]`, as the field stores them. */
      readonly pixels: Uint8Array;
      /** Where it came from, where it has a place of its own. */
      readonly at?: string;
    }
  | { readonly type: "broken"; readonly error: VrnnError }
  | { readonly type: "note"; readonly text: string };

/** Cuts bytes that arrive in pieces of any length into frames of so many. */
export class FrameCutter {
  private readonly size: number;
  private held: Uint8Array;
  /** How many bytes of the frame under way are there. */
  begun = 0;

  constructor(size: number) {
    this.size = size;
    this.held = new Uint8Array(size);
  }

  /** The frames that are whole now. @example new FrameCutter(2).push(Uint8Array.of(1, 2, 3)); // [[1, 2]] */
  push(piece: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + this.size - this.begun);
      this.held.set(part, this.begun);
      this.begun += part.length;
      at += part.length;
      if (this.begun < this.size) break;
      frames.push(this.held);
      [this.held, this.begun] = [new Uint8Array(this.size), 0];
    }
    return frames;
  }
}
