/** What `tokenizer.json` calls models and post-processors: how words become ids, and what stands around these. */
import * as z from "../../zod.ts";
import { BYTE_CHARACTERS, BytePairs } from "./byte-pairs.ts";
import type { Merge } from "./tokens.ts";

/** The ids of a word. */
export type Spelling = (word: string) => readonly number[];

/** Ids before and behind those of a text. */
export interface Frame {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Refuses options that are none of a kind. */
export type Check = <Options>(schema: z.ZodMiniType<Options>, options: unknown) => Options;
/** What is made of a part of some kind, whose options are checked. */
export type Kind<Made> = (part: unknown, check: Check) => Made;

const kind =
  <Options, Made>(schema: z.ZodMiniType<Options>, make: (options: Options) => Made): Kind<Made> =>
  (part, check) =>
    make(check(schema, part));

const id = z.int().check(z.minimum(0), z.maximum(2 ** 31));
const vocab = z.record(z.string(), id);
/** An option that is read of no other value. */
const off = z.optional(z.nullable(z.union([z.literal(false), z.literal(""), z.literal(0)])));

/** Unknown words have an id: without one they would be left out. */
const knowsUnknown = z.refine<{ vocab: Readonly<Record<string, number>>; unk_token: string }>(
  ({ vocab: ids, unk_token: unknown }) => Object.hasOwn(ids, unknown),
  { error: "the vocabulary lacks it", path: ["unk_token"] },
);

const wordLevel = kind(
  z.looseObject({ vocab, unk_token: z.string() }).check(knowsUnknown),
  ({ vocab: ids, unk_token: unknown }) => {
    const places = new Map(Object.entries(ids));
    return (word: string) => idsOf(places, [word], unknown);
  },
);

/** The longest piece that a word begins with, then that of what is left (Wu et al. 2016, section 4.1; Devlin et al. 2019). */
const wordPiece = kind(
  z
    .looseObject({
      vocab,
      unk_token: z.string(),
      continuing_subword_prefix: z._default(z.string(), "##"),
      max_input_chars_per_word: z._default(id, 100),
    })
    .check(knowsUnknown),
  ({ vocab: ids, unk_token: unknown, continuing_subword_prefix: prefix, max_input_chars_per_word: most }) => {
    const places = new Map(Object.entries(ids));
    const piecesOf = (word: string): string[] | undefined => {
      const characters = [...word];
      if (characters.length > most) return undefined;
      const pieces: string[] = [];
      for (let from = 0; from < characters.length; ) {
        let to = characters.length;
        const piece = () => (from > 0 ? prefix : "") + characters.slice(from, to).join("");
        while (to > from && !places.has(piece())) to--;
        if (to === from) return undefined;
        pieces.push(piece());
        from = to;
      }
      return pieces;
    };
    return (word: string) => idsOf(places, piecesOf(word) ?? [unknown], unknown);
  },
);

const merge = z.union([z.string(), z.array(z.string()).check(z.minLength(2), z.maxLength(2))]);

/** Pairs of bytes, of words that are cut as `ByteLevel` does. */
const bytePairs = kind(
  z
    .looseObject({
      vocab,
      merges: z.array(merge),
      unk_token: z.optional(z.nullable(z.string())),
      ...{ dropout: off, continuing_subword_prefix: off, end_of_word_suffix: off },
      ...{ byte_fallback: off, ignore_merges: off },
    })
    .check(
      // It stands for nothing where every byte has an id.
      z.refine(
        ({ vocab: ids, unk_token: unknown }) =>
          !unknown || BYTE_CHARACTERS.every((byte) => Object.hasOwn(ids, byte)),
        { error: "it stands for bytes that the vocabulary lacks", path: ["unk_token"] },
      ),
    ),
  ({ vocab: ids, merges }) => {
    const places = new Map(Object.entries(ids));
    const pairs = new BytePairs(
      merges.map((each) => (typeof each === "string" ? each.split(" ") : each) as unknown as Merge),
    );
    return (word: string) => idsOf(places, pairs.tokensOfWord(word), "");
  },
);

/** Of pieces that the vocabulary lacks, as of unknown ones; nothing where it lacks these too. */
const idsOf = (
  places: ReadonlyMap<string, number>,
  pieces: readonly string[],
  unknown: string,
): readonly number[] => pieces.flatMap((piece) => places.get(piece) ?? places.get(unknown) ?? []);

/** How words become ids, by the names of the file. */
export const models: Readonly<Record<string, Kind<Spelling>>> = {
  WordLevel: wordLevel,
  WordPiece: wordPiece,
  BPE: bytePairs,
};

const token = z
  .array(z.union([z.string(), id]))
  .check(
    z.refine(
      ([content, own, ...more]) =>
        typeof content === "string" && typeof own === "number" && more.length === 0,
      "it must be a token and its id",
    ),
  );

/** The first token of a text and the last one, each with its id. */
const around = kind(z.looseObject({ cls: token, sep: token }), ({ cls, sep }) => ({
  before: [Number(cls[1])],
  after: [Number(sep[1])],
}));

/** Tokens are told to encoders as those of a first text. */
const type_id = z._default(z.literal(0), 0);
const templatePart = z.looseObject({
  Sequence: z.optional(z.looseObject({ id: z._default(z.literal("A"), "A"), type_id })),
  SpecialToken: z.optional(z.looseObject({ id: z.string(), type_id })),
});

/** What stands before the text and behind it, as a template says of a single one. */
const template = kind(
  z
    .looseObject({
      single: z
        .array(templatePart)
        .check(
          z.refine(
            (parts) => parts.filter(({ Sequence }) => Sequence).length === 1,
            "the text must stand in it once",
          ),
        ),
      special_tokens: z.record(z.string(), z.looseObject({ ids: z.array(id) })),
    })
    .check(
      z.refine(
        ({ single, special_tokens: tokens }) =>
          single.every(({ SpecialToken: own }) => !own || Object.hasOwn(tokens, own.id)),
        { error: "special_tokens lack a token of it", path: ["single"] },
      ),
    ),
  ({ single, special_tokens: tokens }) => {
    const place = single.findIndex(({ Sequence }) => Sequence);
    const idsIn = (parts: typeof single) =>
      parts.flatMap(({ SpecialToken: own }) => (own ? tokens[own.id]!.ids : []));
    return { before: idsIn(single.slice(0, place)), after: idsIn(single.slice(place)) };
  },
);

/** What stands around the ids of a text, by the names of the file. */
export const frames: Readonly<Record<string, Kind<Frame>>> = {
  BertProcessing: around,
  RobertaProcessing: around,
  TemplateProcessing: template,
  ByteLevel: kind(z.looseObject({}), () => ({ before: [], after: [] })),
};
