/** Tokenizers of encoders that somebody brings, by the file `tokenizer.json` that Hugging Face's tokenizers write. */
import { VrnnError } from "../../errors.ts";
import { checked } from "../../options.ts";
import { listed } from "../../words/figures.ts";
import * as z from "../../zod.ts";
import { parseJson } from "../tables/json-text.ts";
import { frames, type Kind, models } from "./tokenizer-models.ts";
import { changes, cuts, type Part } from "./tokenizer-parts.ts";

/** Turns a text into the ids that an encoder reads, those of its beginning and end included. */
export type TokenIds = (text: string) => number[];

const part = z.looseObject({ type: z.string() });
const file = z.looseObject({
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
 * readTokenizer(json, "tokenizer.json")("unwanted, running"); // [101, 18162, 1010, 2770, 102]
 */
export function readTokenizer(json: string, at: string): TokenIds {
  const reader = new PartReader(at);
  const { truncation, normalizer, pre_tokenizer, post_processor, model } = reader.checked(
    file,
    parseJson(json, at),
  );
  const changing = listOf(normalizer, "normalizers").map((each) =>
    reader.named(changes, "normalizer", each)(each),
  );
  const cutting = listOf(pre_tokenizer, "pretokenizers");
  const [cut = (text: string) => [text], ...further] = cutting.map((each) =>
    reader.named(cuts, "pre_tokenizer", each)(each),
  );
  if (further.length > 0) throw reader.refused("it cuts texts in several ways, one after the other");
  if (model.type === "BPE" && cutting[0]?.type !== "ByteLevel")
    throw reader.refused("its model BPE is not of bytes: its pre_tokenizer is not ByteLevel");
  if (truncation && truncation.direction !== "Right") throw reader.refused("it keeps the ends of long texts");
  const spell = reader.made(models, "model", model);
  const around = listOf(post_processor, "processors").map((each) =>
    reader.made(frames, "post_processor", each),
  );
  const [before, after] = [around.flatMap((own) => own.before), around.flatMap((own) => own.after)];
  const most = truncation ? Math.max(0, truncation.max_length - before.length - after.length) : undefined;
  return (text) => {
    const changed = changing.reduce((own, change) => change(own), text);
    return [
      ...before,
      ...cut(changed)
        .flatMap((word) => [...spell(word)])
        .slice(0, most),
      ...after,
    ];
  };
}

/** The parts of a part: those of a sequence, or itself. */
function listOf(whole: Part | null | undefined, parts: string): readonly Part[] {
  if (!whole) return [];
  return whole.type === "Sequence"
    ? (whole[parts] as readonly Part[]).flatMap((each) => listOf(each, parts))
    : [whole];
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
