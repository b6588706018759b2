/** Writes protocol buffers (the proto2 wire format, https://protobuf.dev/programming-guides/encoding/). */

const utf8 = new TextEncoder();

/**
 * Writes a message from its end to its beginning: the length that stands before a message inside another is known when
 * its turn comes, and nothing is measured beforehand or moved afterwards.
 *
 * @example
 * const writer = new BackwardWriter();
 * writer.text("x"); // field 1 of a message, a string
 * writer.tag(1, "delimited");
 * writer.finish(); // Uint8Array [10, 1, 120]
 */
export class BackwardWriter {
  private buffer = new Uint8Array(1024);
  private start = this.buffer.length;

  /** What stands before each field: its number and how what follows is to be read. */
  tag(id: number, kind: keyof typeof wireTypes): void {
    this.varint(id * 8 + wireTypes[kind]);
  }

  /** A whole number in a variable number of bytes; of a negative one, its two's complement in 64 bits. */
  varint(value: number): void {
    const groups = value >= 0 && value < 128 ? [value] : groupsOf(value);
    this.raw(groups);
  }

  /** A float32 in four bytes. */
  float(value: number): void {
    const at = this.reserve(4);
    new DataView(this.buffer.buffer).setFloat32(at, value, true);
  }

  /** Bytes behind their length. */
  bytes(content: Uint8Array): void {
    this.raw(content);
    this.varint(content.length);
  }

  /** Text in UTF-8 behind its length. */
  text(content: string): void {
    this.bytes(utf8.encode(content));
  }

  /** What is written meanwhile, behind its length. */
  message(write: () => void): void {
    const end = this.buffer.length - this.start;
    write();
    this.varint(this.buffer.length - this.start - end);
  }

  /** All that was written, the last first. */
  finish(): Uint8Array {
    return this.buffer.slice(this.start);
  }

  private raw(content: ArrayLike<number>): void {
    const at = this.reserve(content.length); // first, as it may replace the buffer
    this.buffer.set(content, at);
  }

  /** Makes room before what is written; where the room begins. */
  private reserve(length: number): number {
    if (length > this.start) this.grow(length);
    this.start -= length;
    return this.start;
  }

  private grow(length: number): void {
    const written = this.buffer.subarray(this.start);
    const larger = new Uint8Array(Math.max(2 * this.buffer.length, written.length + length));
    larger.set(written, larger.length - written.length);
    this.start = larger.length - written.length;
    this.buffer = larger;
  }
}

/** Wire types: numbers of variable length, what has its length in front, and four bytes. */
const wireTypes = { number: 0, delimited: 2, four: 5 } as const;

/** Sixty-four bits are nine groups of seven and one bit. */
const FULL_GROUPS = 9;

/** Groups of seven bits, the lowest first; all but the last have their high bit set. */
function groupsOf(value: number): number[] {
  const groups: number[] = [];
  let rest = value;
  while (rest >= 128 || (rest < 0 && groups.length < FULL_GROUPS)) {
    const higher = Math.floor(rest / 128);
    groups.push(rest - 128 * higher + 128);
    rest = higher;
  }
  groups.push(rest < 0 ? 1 : rest);
  return groups;
}
