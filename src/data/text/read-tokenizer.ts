/** Tokenizers of encoders that somebody brings, by the file `tokenizer.json` that Hugging Face's tokenizers write. */
import { VrnnError } from "../../errors.ts";
import { quoted } from "../../legible.ts";
import { checked } from "../../options.ts";
import { listed } from "../../words/figures.ts";
import * as z from "../../zod.ts";
import { parseJson } from "../tables/json-text.ts";
import { frames, type Kind, models } from "./tokenizer-models.ts";
import { changes, cuts, type Part } from "./tokenizer-parts.ts";

/** What an encoder reads of a text. */
export interface TokenIds {
  /** Those of its beginning and end included. */
  readonly ids: readonly number[];
  /** Whether the text has more. */
  readonly isCut: boolean;
}

/** Turns texts into ids. */
export interface TextTokenizer {
  /** So many ids a text has at most; as many as it takes unless told. */
  readonly most: number | undefined;
  idsOf(text: string): TokenIds;
}

const part = z.looseObject({ type: z.string() });
const addedToken = z.looseObject({ content: z.string(), special: z._default(z.boolean(), false) });
const file = z.looseObject({
  added_tokens: z.optional(z.nullable(z.array(addedToken))),
  truncation: z.optional(
    z.nullable(
      z.looseObject({ max_length: z.int().check(z.minimum(1)), direction: z._default(z.string(), "Right") }),
    ),
  ),
  normalizer: z.optional(z.nullable(part)),
  pre_tokenizer: z.optional(z.nullable(part)),
  post_processor: z.optional(z.nullable(part)),
  model: part,
});

/**
 * What turns texts into ids: words or their pieces (`WordLevel`, `WordPiece`), or pairs of bytes (`BPE` with `ByteLevel`). What looks
 * like a special token in a text, such as `[SEP]`, is text.
 *
 * @param at the file's path
 * @throws VrnnError `data/tokenizer` for what is no tokenizer, and for kinds that are not read, by their names
 * @example
 * readTokenizer(json, "tokenizer.json").idsOf("unwanted, running").ids; // [101, 18162, 1010, 2770, 102]
 */
export function readTokenizer(json: string, at: string): TextTokenizer {
  const reader = new PartReader(at);
  const { added_tokens, truncation, normalizer, pre_tokenizer, post_processor, model } = reader.checked(
    file,
    parseJson(json, at),
  );
  const added = added_tokens?.find(({ special }) => !special);
  if (added !== undefined) throw reader.refused(`it looks for ${quoted(added.content)} among added_tokens`);
  const changing = reader
    .listOf(normalizer, "normalizers")
    .map((each) => reader.named(changes, "normalizer", each)(each));
  const cutting = reader.listOf(pre_tokenizer, "pretokenizers");
  const [cut = (text: string) => [text], ...further] = cutting.map((each) =>
    reader.named(cuts, "pre_tokenizer", each)(each),
  );
  if (further.length > 0) throw reader.refused("it cuts texts in several ways, one after the other");
  const isOfBytes = cutting[0]?.type === "ByteLevel";
  if (model.type === "BPE" && !isOfBytes)
    throw reader.refused("its model BPE is not of bytes: its pre_tokenizer is not ByteLevel");
  if (truncation && truncation.direction !== "Right") throw reader.refused("it keeps the ends of long texts");
  const spell = reader.made(models, "model", model);
  if (model.type !== "BPE" && isOfBytes)
    throw reader.refused(`its pre_tokenizer is ByteLevel, and its model ${model.type} is not of bytes`);
  const around = reader
    .listOf(post_processor, "processors")
    .map((each) => reader.made(frames, "post_processor", each))
    .filter(({ before, after }) => before.length + after.length > 0);
  if (around.length > 1) throw reader.refused("it puts tokens around texts twice");
  const { before, after } = around[0] ?? { before: [], after: [] };
  const most = truncation?.max_length;
  const room = most === undefined ? undefined : most - before.length - after.length;
  if (room !== undefined && room < 1)
    throw reader.refused(`its truncation leaves ${most} tokens, with none of the text`);
  return {
    most,
    idsOf: (text) => {
      const changed = changing.reduce((own, change) => change(own), text);
      const ids = cut(changed).flatMap((word) => [...spell(word)]);
      const kept = ids.slice(0, room);
      return { ids: [...before, ...kept, ...after], isCut: kept.length < ids.length };
    },
  };
}

/** Reads the parts of one file. */
class PartReader {
  private readonly at: string;

  constructor(at: string) {
    this.at = at;
  }

  refused(what: string): VrnnError {
    return new VrnnError("data/tokenizer", `${what}, which is not read`, {
      at: this.at,
      remedy:
        "bring an encoder whose tokenizer is like those of BERT (WordPiece), RoBERTa or GPT-2 (BPE of bytes)",
    });
  }

  checked<Output>(schema: z.ZodMiniType<Output>, values: unknown): Output {
    return checked(schema, values, ({ message, path }) => this.refused(`${path.join(".")}: ${message}`));
  }

  /** The parts of a part: those of a sequence, or itself. @param parts what their list is called */
  listOf(whole: Part | null | undefined, parts: string): readonly Part[] {
    if (!whole) return [];
    if (whole.type !== "Sequence") return [whole];
    const own = this.checked(z.looseObject({ [parts]: z.array(part) }), whole);
    return (own[parts] as readonly Part[]).flatMap((each) => this.listOf(each, parts));
  }

  named<Made>(kinds: Readonly<Record<string, Made>>, role: string, { type }: Part): Made {
    const found = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    if (found !== undefined) return found;
    const names = Object.keys(kinds);
    throw this.refused(`its ${role} is ${type}, and none of ${listed(names, names.length)}`);
  }

  made<Made>(kinds: Readonly<Record<string, Kind<Made>>>, role: string, own: Part): Made {
    return this.named(kinds, role, own)(own, (schema, options) => this.checked(schema, options));
  }
}
