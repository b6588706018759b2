/** Rows of separated values without quotes, of which most fields write plain numbers: these are read without a string for each. */
import { BLANKS } from "./dialect.ts";
import type { RowsPlace } from "./rows.ts";

const [NEWLINE, RETURN, MINUS, POINT, ZERO, NINE] = [10, 13, 45, 46, 48, 57];

/** Powers of ten that a float64 holds exactly. */
const POWERS = Float64Array.from({ length: 16 }, (_, places) => 10 ** places);

/** So many digits make a whole number that a float64 holds exactly. */
const MOST_DIGITS = 15;

/** Takes in the fields of rows. */
export interface PlainSink {
  /** Begins a line. */
  begin?(line: number): void;
  /** Whether the field of a column is to be handed over. */
  wants(column: number): boolean;
  /** Whether a number, with a point or without, may come without its text. */
  isSettled(column: number, hasPoint: boolean): boolean;
  /** A field that writes a number as a plain decimal (-12.50), and as no name would be written (007). */
  number(column: number, value: number): void;
  /** Any other, without the blanks around it. */
  text(column: number, text: string): void;
  /** Ends a row of so many fields, none where the line is blank. @returns whether to go on */
  endRow(fields: number, line: number): boolean;
}

/** Whether the fields of a text can be read so: nothing stands in quotes, and lines end in one of the two usual ways. */
export const isPlainText = (text: string, { delimiter }: Pick<RowsPlace, "delimiter">): boolean =>
  delimiter !== BLANKS &&
  !/[\d.+-]/.test(delimiter) &&
  !text.includes('"') &&
  !(text.includes("\r") && /\r(?!\n)/.test(text));

/**
 * Hands over the fields of each row. A whole number of at most 15 digits over a power of ten, both exact, is the float64 nearest
 * to what is written (Clinger 1990).
 */
export function eachPlainRow(
  text: string,
  { delimiter, firstLine }: Pick<RowsPlace, "delimiter" | "firstLine">,
  sink: PlainSink,
): void {
  const field = new Field(text, delimiter.charCodeAt(0));
  for (let line = firstLine; field.at < text.length; line++) {
    let fields = 0;
    sink.begin?.(line);
    do {
      field.read();
      if (fields === 0 && field.isLast && field.isBlank) break;
      handOver(field, fields, sink);
      fields += 1;
    } while (!field.isLast);
    if (!sink.endRow(fields, line)) return;
  }
}

function handOver(field: Field, column: number, sink: PlainSink): void {
  if (!sink.wants(column)) return;
  if (field.isPlain && sink.isSettled(column, field.hasPoint)) sink.number(column, field.value);
  else sink.text(column, field.text);
}

/** The field that was read last. */
class Field {
  /** Where the next one begins. */
  at = 0;
  /** Whether it writes a plain number, and which. */
  isPlain = false;
  value = 0;
  hasPoint = false;
  /** Whether it ends its row. */
  isLast = false;
  private start = 0;
  private end = 0;
  private readonly source: string;
  private readonly delimiter: number;

  constructor(source: string, delimiter: number) {
    this.source = source;
    this.delimiter = delimiter;
  }

  get text(): string {
    return this.source.slice(this.start, this.end).trim();
  }

  get isBlank(): boolean {
    return !this.isPlain && this.text === "";
  }

  read(): void {
    const { source, delimiter } = this;
    this.start = this.at;
    let end = this.readNumber();
    let code = source.charCodeAt(end); // NaN behind the last
    if (code === RETURN) code = source.charCodeAt(++end);
    this.isPlain &&= code === delimiter || code === NEWLINE || end >= source.length;
    while (code !== delimiter && code !== NEWLINE && end < source.length) code = source.charCodeAt(++end);
    this.end = end;
    this.at = end + 1;
    this.isLast = code !== delimiter;
  }

  /** Reads digits with a sign and a point as far as they go. @returns where they end */
  private readNumber(): number {
    const { source } = this;
    let at = this.start;
    const isNegative = source.charCodeAt(at) === MINUS;
    if (isNegative) at += 1;
    const first = at;
    let point = -1;
    let whole = 0;
    for (; ; at++) {
      const code = source.charCodeAt(at);
      if (code >= ZERO && code <= NINE) whole = whole * 10 + (code - ZERO);
      else if (code === POINT && point < 0) point = at;
      else break;
    }
    this.hasPoint = point >= 0;
    const digits = at - first - (this.hasPoint ? 1 : 0);
    const isCode = !isNegative && at - first > 1 && source.charCodeAt(first) === ZERO && point !== first + 1;
    this.isPlain = digits > 0 && digits <= MOST_DIGITS && !isCode;
    const size = this.hasPoint && this.isPlain ? whole / POWERS[at - point - 1]! : whole;
    this.value = isNegative ? -size : size;
    return at;
  }
}
