/** Texts that a model writes in answer to others. */
import { Feeder } from "../data/feeder.ts";
import type { Fields } from "../data/fields.ts";
import type { Part } from "../data/source.ts";
import { closedIds, Tokenizer, type Vocabulary } from "../data/text/vocabulary.ts";
import { declaredSpecs } from "../models/input-specs.ts";
import { BeamSearcher, type BeamSettings, type BeamText } from "./beam.ts";

/** By what texts are translated, and how. */
export interface TranslatorSettings extends BeamSettings {
  readonly fields: Fields;
  readonly vocabulary: Vocabulary;
  /** R: how many texts are translated side by side. */
  readonly rows: number;
}

/** A translation, with what speaks for it. */
export interface Translation {
  readonly text: string;
  /** What the search found: its ids, log-probability and score. */
  readonly found: BeamText;
}

/** A text that is read. */
export interface ReadText {
  readonly text: string;
  /** Its ids, the end included. */
  readonly ids: Int32Array;
}

/** What is written may be so many times as long as what is read, and so many tokens more. */
const [LONGER, MORE] = [2, 16];

/**
 * Translates texts by beam search, many side by side; its programs are compiled once. Texts that are alike in length are
 * best given together, as a batch takes as long as its longest.
 *
 * @example
 * const translator = await TextTranslator.create({ runtime, model, weights, fields, vocabulary, width: 5, lengthPower: 1, rows: 32 });
 * const [[best]] = await translator.translate([translator.read("A dog runs.")]);
 * best.text; // "Ein Hund rennt."
 */
export class TextTranslator {
  private readonly searcher: BeamSearcher;
  private readonly feeder: Feeder;
  private readonly tokenizer: Tokenizer;
  private readonly rows: number;

  private constructor(searcher: BeamSearcher, { model, fields, vocabulary, rows }: TranslatorSettings) {
    this.searcher = searcher;
    this.feeder = new Feeder(declaredSpecs(model.inputs), fields);
    this.tokenizer = new Tokenizer(vocabulary);
    this.rows = rows;
  }

  /** @throws VrnnError `beam/model` for a model that is not of tokens */
  static async create(settings: TranslatorSettings): Promise<TextTranslator> {
    return new TextTranslator(await BeamSearcher.create(settings, settings.rows), settings);
  }

  /** A text as the model reads it. */
  read(text: string): ReadText {
    return { text, ids: closedIds(this.tokenizer.encode(text).ids) };
  }

  /** The translations of each text, the best one first. @param texts as many as there are rows at most */
  async translate(texts: readonly ReadText[]): Promise<Translation[][]> {
    if (texts.length === 0) return [];
    // Programs are of so many rows: what is not needed of them repeats the first text.
    const filled = Array.from({ length: this.rows }, (_, row) => texts[row] ?? texts[0]!);
    const parts = filled.map(({ ids }): Part => ({ length: 0, values: { source: ids } }));
    const longest = texts.reduce((most, { ids }) => Math.max(most, ids.length), 0);
    const [known] = this.feeder.feed(parts);
    const found = await this.searcher.search({ steps: LONGER * longest + MORE, known: known! });
    return texts.map((_, row) =>
      found[row]!.map((own) => ({ text: this.tokenizer.decode(own.ids), found: own })),
    );
  }

  /** Gives its programs back. */
  dispose(): Promise<void> {
    return this.searcher.dispose();
  }
}
