/** Texts that a model writes in answer to others. */
import { Feeder } from "../data/feeder.ts";
import type { Fields } from "../data/fields.ts";
import type { Part } from "../data/source.ts";
import { closedIds, Tokenizer, type Vocabulary } from "../data/text/vocabulary.ts";
import { declaredSpecs } from "../models/input-specs.ts";
import { allOrNone } from "../runtime/all-or-none.ts";
import { BeamSearcher, type BeamSettings, type BeamText } from "./beam.ts";
import { type PartSearch, searchParts } from "./beam-parts.ts";

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
  /** Whether it was made to end, as long as it may be. */
  readonly isCut: boolean;
}

/** A text that is read. */
export interface ReadText {
  readonly text: string;
  /** Its ids, the end included. */
  readonly ids: Int32Array;
}

/** What is written may be so many times as long as what is read, and so many tokens more. */
const [LONGER, MORE] = [2, 16];
const mostOf = ({ values }: Part): number => LONGER * values["source"]!.length + MORE;

/**
 * Translates texts by beam search, those of similar lengths side by side; its programs are compiled once.
 *
 * @example
 * const translator = await TextTranslator.create({ runtime, model, weights, fields, vocabulary, width: 5, lengthPower: 1, rows: 32 });
 * const [[best]] = await translator.translate([translator.read("A dog runs.")]);
 * best.text; // "Ein Hund rennt."
 */
export class TextTranslator {
  private readonly search: PartSearch;
  private readonly tokenizer: Tokenizer;

  private constructor(searcher: BeamSearcher, { model, fields, vocabulary, rows }: TranslatorSettings) {
    this.search = { searcher, feeder: new Feeder(declaredSpecs(model.inputs), fields), rows };
    this.tokenizer = new Tokenizer(vocabulary);
  }

  /** @throws VrnnError `beam/model` for a model that is not of tokens, `beam/coverage` for one that does not tell where it looks */
  static async create(settings: TranslatorSettings): Promise<TextTranslator> {
    return allOrNone(
      async (keep) => new TextTranslator(keep(await BeamSearcher.create(settings, settings.rows)), settings),
    );
  }

  /** A text as the model reads it. */
  read(text: string): ReadText {
    return { text, ids: closedIds(this.tokenizer.encode(text).ids) };
  }

  /** The translations of each text, the best one first. */
  async translate(texts: readonly ReadText[]): Promise<Translation[][]> {
    const byLength = [...texts.keys()].sort((a, b) => texts[a]!.ids.length - texts[b]!.ids.length);
    const all: Translation[][] = new Array(texts.length);
    for (let at = 0; at < texts.length; at += this.search.rows) {
      const places = byLength.slice(at, at + this.search.rows);
      const found = await this.batch(places.map((place) => texts[place]!));
      places.forEach((place, row) => {
        all[place] = found[row]!;
      });
    }
    return all;
  }

  /** @param texts one at least, as many as there are rows at most */
  private async batch(texts: readonly ReadText[]): Promise<Translation[][]> {
    const parts = texts.map(({ ids }): Part => ({ length: 0, values: { source: ids } }));
    const found = await searchParts(this.search, parts, mostOf);
    return found.map((own, row) =>
      own.map((each) => ({
        text: this.tokenizer.decode(each.ids),
        found: each,
        isCut: each.ids.length === mostOf(parts[row]!),
      })),
    );
  }

  /** Gives its programs back. */
  dispose(): Promise<void> {
    return this.search.searcher.dispose();
  }
}
