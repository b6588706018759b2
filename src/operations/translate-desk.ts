/** Where lines are translated. */
import type { Line } from "../data/lines.ts";
import { piecesOf } from "../data/text/pieces.ts";
import { Tokenizer, UNKNOWN } from "../data/text/vocabulary.ts";
import { VrnnError } from "../errors.ts";
import {
  type ReadText,
  TextTranslator,
  type Translation,
  type TranslatorSettings,
} from "../inference/translate.ts";
import { counted, grouped } from "../words/figures.ts";
import { type NoteEvent, note } from "./event.ts";

/** Runs of before do not say how long the longest text is of which they learned. */
const USUAL_LONGEST = 256;

/** How lines are taken. */
export interface DeskOptions {
  /** How many are translated side by side. */
  readonly batch: number;
  /** Whether bytes that are no UTF-8 count as an unknown character. */
  readonly replace: boolean;
}

/** A translated line: its best translation, and others. */
export interface TranslatedLine {
  readonly source: string;
  readonly text: string;
  /** Of a line that was translated as one: what else was found, the best one first. */
  readonly found: readonly Translation[];
}

/** Where lines are translated: few by themselves, many side by side. */
export class Desk {
  /** How many lines were too long to be read as one, were mostly unknown, and were answered without an end. */
  private inPieces = 0;
  private strange = 0;
  private unended = 0;
  /** A line of more tokens is translated in pieces: so many has the longest text of which was learned. */
  private readonly longest: number;
  private readonly tokenizer: Tokenizer;
  private readonly settings: Omit<TranslatorSettings, "rows">;
  private readonly input: DeskOptions;
  private readonly translators = new Map<number, Promise<TextTranslator>>();

  constructor(settings: Omit<TranslatorSettings, "rows">, input: DeskOptions) {
    this.settings = settings;
    this.input = input;
    const { source } = settings.fields;
    this.tokenizer = new Tokenizer(settings.vocabulary);
    this.longest = (source?.kind === "tokens" ? source.longest : undefined) ?? USUAL_LONGEST;
  }

  /** The translations of some lines, in their order. @throws VrnnError `data/line` for a line that is no text */
  async *translated(lines: readonly Line[]): AsyncGenerator<TranslatedLine> {
    const { batch } = this.input;
    const faults = lines.map((line) => this.faultOf(line));
    const bad = faults.findIndex((fault) => fault !== undefined);
    if (bad >= 0) {
      // Those before it are answered.
      if (bad > 0) yield* this.translated(lines.slice(0, bad));
      throw faults[bad];
    }
    const translator = await this.of(lines.length * 2 < batch ? 1 : batch);
    const pieces = lines.map((line) => this.piecesOf(line, translator));
    const found = await translator.translate(pieces.flat());
    this.unended += found.filter(([best]) => best!.isCut).length;
    let at = 0;
    for (const [i, { text = "" }] of lines.entries()) {
      const own = found.slice(at, at + pieces[i]!.length);
      at += own.length;
      // What has no blanks in it, as Chinese has none, is put together without.
      const written = own.map(([best]) => best!.text).join(/\s/.test(text.trim()) ? " " : "");
      yield { source: text, text: written, found: own.length === 1 ? own[0]! : [] };
    }
  }

  /** What there is to say of all lines. */
  *notes(): Generator<NoteEvent> {
    if (this.inPieces > 0)
      yield note(
        `${counted(this.inPieces, "line")} longer than all that was learned from (${counted(this.longest, "token")}) translated in pieces`,
      );
    if (this.strange > 0)
      yield note(
        `${counted(this.strange, "line")} mostly of characters that training had not: what is written of them means little`,
      );
    if (this.unended > 0)
      yield note(
        `${counted(this.unended, "translation")} cut where no end was come to: train longer, or widen --beam`,
      );
  }

  /** A line as the model reads it: none of an empty one, several of a long one. */
  private piecesOf({ text = "" }: Line, translator: TextTranslator): ReadText[] {
    if (text.trim() === "") return [];
    const pieces = piecesOf(text, this.longest, (own) => translator.read(own).ids.length);
    if (pieces.length > 1) this.inPieces += 1;
    const read = pieces.map((piece) => translator.read(piece));
    if (unknownShare(read, this.tokenizer) > 0.5) this.strange += 1;
    return read;
  }

  /** What is wrong with a line, if anything. */
  private faultOf({ text, number }: Line): VrnnError | undefined {
    if (text === undefined) return badLine(number, "is longer than a million characters", "cut it");
    return text.includes("\ufffd") && !this.input.replace
      ? badLine(number, "holds bytes that are no UTF-8", "save it as UTF-8, or add --replace")
      : undefined;
  }

  private of(rows: number): Promise<TextTranslator> {
    const known = this.translators.get(rows);
    if (known !== undefined) return known;
    const made = TextTranslator.create({ ...this.settings, rows });
    this.translators.set(rows, made);
    return made;
  }

  async dispose(): Promise<void> {
    for (const translator of this.translators.values()) await (await translator).dispose();
  }
}

/** The share of tokens that stand for nothing that training had: unknown ones, of subwords parts of characters. */
function unknownShare(read: readonly ReadText[], tokenizer: Tokenizer): number {
  const isStrange = (id: number): boolean => {
    if (tokenizer.vocabulary.unit !== "subwords") return id === UNKNOWN;
    const [byte = 0, ...others] = tokenizer.bytesOf(id) ?? [];
    return others.length === 0 && byte >= 0x80;
  };
  const ids = read.flatMap((own) => Array.from(own.ids.subarray(0, -1)));
  return ids.filter(isStrange).length / Math.max(1, ids.length);
}

const badLine = (number: number, what: string, remedy: string): VrnnError =>
  new VrnnError("data/line", `line ${grouped(number)} ${what}`, { at: "stdin", remedy });
