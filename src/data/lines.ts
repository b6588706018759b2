/** A line of a stream, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Undefined where the line was longer than the most that is kept. */
  readonly text: string | undefined;
}

/** The most characters of a line: beyond, it is no step of data but a mistake, which must not fill the memory. */
const LONGEST = 1_000_000;

/**
 * The lines of a stream of bytes, as soon as their ends arrive; the last one may have none. A byte-order mark is left
 * out, `\r\n` ends a line as `\n` does.
 *
 * @example
 * for await (const { number, text } of linesOf(process.stdin)) console.log(number, text);
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, longest = LONGEST): AsyncGenerator<Line> {
  const decoder = new TextDecoder(); // leaves out a byte-order mark
  const begun = new BegunLine(longest);
  let number = 0;
  const line = (text: string): Line => {
    number += 1;
    return { number, text: begun.end(text)?.replace(/\r$/, "") };
  };
  for await (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).split("\n");
    const rest = pieces.pop() as string;
    for (const piece of pieces) yield line(piece);
    begun.add(rest);
  }
  begun.add(decoder.decode());
  if (!begun.isEmpty) yield line("");
}

/** A line whose end has not come yet. Its pieces are joined once: a line may arrive byte by byte. */
class BegunLine {
  private readonly longest: number;
  private pieces: string[] = [];
  private length = 0;

  constructor(longest: number) {
    this.longest = longest;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  add(piece: string): void {
    this.length += piece.length;
    if (this.length > this.longest) this.pieces = [];
    else if (piece !== "") this.pieces.push(piece);
  }

  /** The whole line, unless it is too long; the next one begins. */
  end(piece: string): string | undefined {
    this.add(piece);
    const text = this.length > this.longest ? undefined : this.pieces.join("");
    [this.pieces, this.length] = [[], 0];
    return text;
  }
}

/** The lines after so many, counted from 1: an earlier reader had the others. */
export async function* linesAfter(lines: AsyncIterable<Line>, skipped: number): AsyncGenerator<Line> {
  for await (const { number, text } of lines) if (number > skipped) yield { number: number - skipped, text };
}
