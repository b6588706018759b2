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
  let [rest, number, isTooLong] = ["", 0, false];
  const line = (text: string): Line => {
    const isKept = !isTooLong && text.length <= longest;
    isTooLong = false;
    number += 1;
    return { number, text: isKept ? text.replace(/\r$/, "") : undefined };
  };
  for await (const chunk of chunks) {
    const pieces = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = pieces.pop() as string;
    for (const piece of pieces) yield line(piece);
    if (rest.length > longest) [rest, isTooLong] = ["", true];
  }
  rest += decoder.decode();
  if (rest !== "" || isTooLong) yield line(rest);
}
