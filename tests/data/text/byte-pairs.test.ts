/** Byte pair encoding against a plain account of what it is, and against Hugging Face's tokenizers. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Tokenizer as RivalTokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { wholeSpans } from "../../../src/data/plan.ts";
import type { Part, SequenceSource } from "../../../src/data/source.ts";
import { BytePairs, learnMerges, wordsOf } from "../../../src/data/text/byte-pairs.ts";
import { textDataset } from "../../../src/data/text/text-dataset.ts";
import { tokenizerJson } from "../../../src/data/text/tokenizer-json.ts";
import { buildVocabulary, END, RESERVED, Tokenizer, UNKNOWN } from "../../../src/data/text/vocabulary.ts";
import { testWithSharedData } from "../../shared-data.ts";

fc.configureGlobal({ seed: 1 });

const text = "low lower lowest, low new newer newest: wide wider widest. Grüße, größer – 東京 é 🙂🙂 low low";

async function partsOf(source: SequenceSource): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of source.open(wholeSpans(await source.index()))) parts.push(part);
  return parts;
}

/** All pairs counted anew before each merge, which is what the trainer spares itself. */
function plainMerges(source: string, most: number): string[] {
  let words = wordsOf(source).map((word) => new BytePairs([]).tokensOf(word));
  const merges: string[] = [];
  const made = new Set<string>();
  while (made.size < most) {
    const counts = new Map<string, number>();
    for (const word of words)
      for (let i = 1; i < word.length; i++) {
        const key = `${word[i - 1]} ${word[i]}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    const [best] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    if (best === undefined || best[1] < 2) break;
    merges.push(best[0]);
    made.add(best[0].replace(" ", ""));
    const [left, right] = best[0].split(" ") as [string, string];
    words = words.map((word) => {
      const after: string[] = [];
      for (let i = 0; i < word.length; i++) {
        const isPair = word[i] === left && word[i + 1] === right;
        after.push(isPair ? left + right : word[i]!);
        if (isPair) i += 1;
      }
      return after;
    });
  }
  return merges;
}

test("merges are the most frequent pairs, counted anew each time", () => {
  const joined = (source: string, most: number) =>
    learnMerges([source], most).map((merge) => merge.join(" "));
  expect(joined(text, 500)).toEqual(plainMerges(text, 500));
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 80 }), (source) => {
      expect(joined(source, 30)).toEqual(plainMerges(source, 30));
    }),
    { numRuns: 200 },
  );
});

test("learning goes on until there are as many tokens as were asked for, also where two merges make the same", () => {
  // "abc" is made of "ab" and "c" in one word and of "a" and "bc" in others.
  const source = "abab abab abab abc abc bcbc bcbc bcbc bcbc abcd abcd xyxy xyxy abc bcd ";
  for (let most = 1; most < 12; most++) {
    const merges = learnMerges([source], most);
    expect(new Set(merges.map((merge) => merge.join(""))).size).toBe(most);
  }
});

describe("a tokenizer of subwords", () => {
  const vocabulary = buildVocabulary([text], { unit: "subwords", most: 300 });
  const tokenizer = new Tokenizer(vocabulary);

  test("knows every text, and gives it back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (own) => {
        const { ids, unknown } = tokenizer.encode(own);
        expect(unknown).toBe(0);
        expect(tokenizer.decode(ids)).toBe(own);
      }),
    );
  });

  test("has an id for each byte, whatever it has learned from", () => {
    const bare = new Tokenizer(buildVocabulary(["x"], { unit: "subwords" }));
    expect(bare.size).toBe(RESERVED.length + 256);
    expect([...bare.encode("xÿ").ids]).toHaveLength(3);
  });

  test("spells a part of a character by its bytes, and what is unknown as �", () => {
    const bare = new Tokenizer(buildVocabulary(["x"], { unit: "subwords" }));
    const [first, second] = bare.encode("é").ids;
    expect([bare.spell(first!), bare.spell(END)]).toEqual(["<c3>", "<end>"]);
    expect(bare.decode([first!, second!, UNKNOWN])).toBe("é\ufffd");
    expect(bare.decode([first!, UNKNOWN])).toBe("\ufffd\ufffd");
  });

  test.each([false, true])("gives the ids of Hugging Face's tokenizers (case ignored: %s)", (lowercase) => {
    const own = new Tokenizer(buildVocabulary([text], { unit: "subwords", most: 320, lowercase }));
    const rival = new RivalTokenizer(JSON.parse(tokenizerJson(own.vocabulary)!), {});
    const both = (source: string) => {
      const { ids } = own.encode(source);
      expect(rival.encode(source, { add_special_tokens: false }).ids).toEqual([...ids]);
    };
    for (const source of [text, "", "  \n\n  two", "<end> <pad>", "it's we'll I'M", "a\u0301 ½ ²x"])
      both(source);
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), both));
  });

  test("there is no such file of other tokens", () => {
    expect(tokenizerJson(buildVocabulary([text], { unit: "words" }))).toBeUndefined();
  });
});

describe("a data set of subwords", () => {
  const long = `${"the cat sat on the mat é ".repeat(40)}${"unseen words here 東 ".repeat(12)}`;

  test("is split by bytes; each part gives its own text, and learns from what trains alone", async () => {
    const { fields, splits } = textDataset(long, "cats", {
      unit: "subwords",
      most: 280,
      split: [0.7, 0.15, 0.15],
    });
    const tokenizer = new Tokenizer(fields.x.vocabulary);
    const texts: string[] = [];
    for (const split of ["train", "valid", "test"] as const) {
      const [own] = await partsOf(splits[split]);
      texts.push(tokenizer.decode(own!.values["x"] as Int32Array));
    }
    expect(texts.join("")).toBe(long);
    const bytes = texts.map((own) => new TextEncoder().encode(own).length);
    const all = bytes.reduce((sum, own) => sum + own, 0);
    expect(Math.abs(bytes[0]! - 0.7 * all)).toBeLessThan(4);
    expect(fields.x.vocabulary.tokens).toEqual(
      buildVocabulary([texts[0]!], { unit: "subwords", most: 280 }).tokens,
    );
    expect(fields.x.vocabulary.tokens).not.toContain("unseen");
  });

  test("is the same again with the vocabulary of the run", async () => {
    const options = { unit: "subwords", split: [0.7, 0.15, 0.15] } as const;
    const first = textDataset(long, "cats", options);
    const again = textDataset(long, "cats", { ...options, vocabulary: first.fields.x.vocabulary });
    for (const split of ["train", "valid", "test"] as const)
      expect(await partsOf(again.splits[split])).toEqual(await partsOf(first.splits[split]));
  });

  test("closes lines, and says where fewer subwords are than were asked for", async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `line ${i % 7}`).join("\n");
    const { fields, splits, notes } = textDataset(lines, "lines", {
      unit: "subwords",
      most: 5000,
      per: "line",
    });
    expect(notes.join()).toMatch(/no pair of subwords occurs twice beyond \d+ of them: 5000 were asked for/);
    const tokenizer = new Tokenizer(fields.x.vocabulary);
    for (const { values } of await partsOf(splits.train)) {
      const ids = values["x"] as Int32Array;
      expect(ids.at(-1)).toBe(END);
      expect(tokenizer.decode(ids)).toMatch(/^line \d$/);
    }
  });
});

/** The texts of all files of a folder, archives unpacked. */
function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    if (entry.name.endsWith(".tar.gz"))
      return execFileSync("tar", ["xzOf", path], { maxBuffer: 2 ** 28 }).toString("utf8");
    if (entry.name.endsWith(".gz")) return gunzipSync(readFileSync(path)).toString("utf8");
    if (!entry.name.endsWith(".zip")) return [];
    return Object.values(unzipSync(readFileSync(path))).map((bytes) => new TextDecoder().decode(bytes));
  });
}

testWithSharedData(
  "every line of all texts at hand has the ids of Hugging Face's tokenizers",
  (folder) => {
    const texts = textsIn(join(folder, "text"));
    const own = new Tokenizer(buildVocabulary(texts.slice(0, 3), { unit: "subwords", most: 4000 }));
    const rival = new RivalTokenizer(JSON.parse(tokenizerJson(own.vocabulary)!), {});
    const lines = new Set(texts.flatMap((each) => each.split("\n")));
    expect(lines.size).toBeGreaterThan(200_000);
    const others = [...lines].filter(
      (line) => rival.encode(line, { add_special_tokens: false }).ids.join() !== own.encode(line).ids.join(),
    );
    expect(others).toEqual([]);
  },
  120_000,
);
