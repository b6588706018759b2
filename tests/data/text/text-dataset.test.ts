import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SPLIT_NAMES } from "../../../src/data/dataset.ts";
import type { FieldDataset } from "../../../src/data/field-dataset.ts";
import { fieldsSchema } from "../../../src/data/field-schemas.ts";
import type { LabelField, TokensField } from "../../../src/data/fields.ts";
import { readTextDataset, type TextFileOptions } from "../../../src/data/files-text.ts";
import { wholeSpans } from "../../../src/data/plan.ts";
import type { Part } from "../../../src/data/source.ts";
import { labelledDataset, textDataset } from "../../../src/data/text/text-dataset.ts";
import { buildVocabulary, END, Tokenizer, UNKNOWN } from "../../../src/data/text/vocabulary.ts";
import { testWithSharedData } from "../../shared-data.ts";
import { fileWith, folderWith } from "../temporary.ts";

fc.configureGlobal({ seed: 1 });

const partsOf = async (data: FieldDataset, split: (typeof SPLIT_NAMES)[number]): Promise<Part[]> => {
  const parts: Part[] = [];
  const source = data.splits[split];
  for await (const part of source.open(wholeSpans(await source.index()))) parts.push(part);
  return parts;
};
/** The texts of a split, with what closes them as |. */
const textsOf = async (data: FieldDataset, split: (typeof SPLIT_NAMES)[number]): Promise<string[]> => {
  const tokenizer = new Tokenizer((data.fields["x"] as TokensField).vocabulary);
  const written = ({ values }: Part) => {
    const ids = values["x"] as Int32Array;
    return tokenizer.decode(ids) + (ids.at(-1) === END ? "|" : "");
  };
  return (await partsOf(data, split)).map(written);
};
const allTexts = (data: FieldDataset) => Promise.all(SPLIT_NAMES.map((split) => textsOf(data, split)));

describe("a text", () => {
  test("whose lines end as on Windows says so, and its lines are numbered as in the file", async () => {
    const told = (text: string) => textDataset(text, "a.txt", { unit: "characters" }).notes.join();
    expect(told("ab\r\nab\r\nab")).toContain("CRLF");
    expect(told("ab\nab\nab")).not.toContain("CRLF");
    const { splits } = textDataset("one\n\n\nfour\n", "a.txt", {
      unit: "characters",
      per: "line",
      split: [1, 0, 0],
    });
    expect((await splits.train.index()).map(({ name }) => name)).toEqual(["line 1", "line 4"]);
  });

  test("is one sequence, cut by position; its vocabulary is that of what trains", async () => {
    const data = textDataset("abababcxyz", "a.txt", { unit: "characters", split: [0.6, 0.2, 0.2] });
    expect(await allTexts(data)).toEqual([["ababab"], ["\ufffd\ufffd"], ["\ufffd\ufffd"]]);
    expect(data.fields.x.vocabulary).toEqual({ unit: "characters", tokens: ["a", "b"] });
    expect(await data.splits.test.index()).toEqual([{ name: "a.txt", length: 2, offset: 8 }]);
    expect(data.notes).toContain("tokens that the vocabulary does not hold count as unknown (4 of 10)");
  });

  test("by characters or bytes is whole again when its splits are put together", async () => {
    const text = fc.string({ unit: "grapheme", minLength: 5 }).filter((own) => own.trim() !== "");
    await fc.assert(
      fc.asyncProperty(text, async (own) => {
        const vocabulary = buildVocabulary([own], { unit: "characters" });
        const known = textDataset(own, "a.txt", { unit: "characters", vocabulary });
        expect((await allTexts(known)).flat().join("")).toBe(own);
        const bytes = textDataset(own, "a.txt", { unit: "bytes" });
        const ids = await Promise.all(SPLIT_NAMES.map((split) => partsOf(bytes, split)));
        const joined = ids.flat().flatMap(({ values }) => [...values["x"]!].map((id) => id - 4));
        expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(joined))).toBe(own);
      }),
    );
  });

  test("by words gives the ids that its own vocabulary gives", async () => {
    const text = "the cat and the dog and the bird or the fox and a cow";
    const data = textDataset(text, "a.txt", { unit: "words", split: [0.5, 0.25, 0.25], most: 3 });
    const { vocabulary } = data.fields.x;
    expect(vocabulary.tokens).toEqual(["and", "the", "cat"]);
    const expected = new Tokenizer(vocabulary).encode(text).ids;
    const found = await Promise.all(SPLIT_NAMES.map((split) => partsOf(data, split)));
    expect(found.flat().flatMap(({ values }) => [...values["x"]!])).toEqual([...expected]);
  });

  test("by lines or paragraphs is closed by an end each", async () => {
    const text = "ab\r\n\r\nba\nb\n \n\na\n";
    const options = { unit: "characters", split: [1, 0, 0] } as const;
    const lines = textDataset(text, "a.txt", { ...options, per: "line" });
    expect(await textsOf(lines, "train")).toEqual(["ab|", "ba|", "b|", "a|"]);
    const paragraphs = textDataset(text, "a.txt", { ...options, per: "paragraph" });
    expect(await textsOf(paragraphs, "train")).toEqual(["ab|", "ba\nb|", "a\n|"]);
  });

  test("of nothing is refused", () => {
    expect(() => textDataset(" \n", "a.txt", { unit: "bytes" })).toThrow("a.txt: there is no text");
  });
});

describe("labelled texts", () => {
  const rows = [
    { name: "1", text: "free prize", label: "spam" },
    { name: "2", text: "see you", label: "ham" },
    { name: "3", text: "at noon" },
    { name: "4", text: "free", label: "other" },
  ];

  test("are tokens with a label, known or not", async () => {
    const data = labelledDataset(rows, "sms", { unit: "words", split: [0.5, 0.25, 0.25] });
    expect(data.fields.label.levels).toEqual(["ham", "spam"]);
    const labels = await Promise.all(SPLIT_NAMES.map((split) => partsOf(data, split)));
    expect(labels.map((parts) => parts.map(({ values }) => values["label"]![0]))).toEqual([
      [1, 0],
      [-1],
      [-1],
    ]);
    expect(await textsOf(data, "train")).toEqual(["free prize|", "see you|"]);
    expect(data.notes).toContain("labels never seen in training count as unknown (1 texts)");
    expect(fieldsSchema.parse(data.fields)).toEqual(data.fields);
  });

  test("keep the split they ask for, and are dealt out at random by a seed", async () => {
    const asking = rows.map((row, i) => ({
      ...row,
      split: i === 0 ? ("test" as const) : ("train" as const),
    }));
    const data = labelledDataset(asking, "sms", { unit: "words", split: [1, 0, 0] });
    expect(await textsOf(data, "test")).toHaveLength(1);
    const many = Array.from({ length: 50 }, (_, i) => ({ name: `${i}`, text: `w${i}`, label: "a" }));
    const orders = [undefined, 1, 1, 2].map((shuffle) =>
      labelledDataset(many, "sms", { unit: "words", shuffle }),
    );
    const [plain, first, again, other] = await Promise.all(
      orders.map(async (each) => (await each.splits.train.index()).map(({ name }) => name)),
    );
    expect(plain).toEqual(many.slice(0, 34).map(({ name }) => name));
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    expect(new Set(first).size).toBe(34);
  });

  test("without any label are refused", () => {
    expect(() => labelledDataset([{ name: "1", text: "a" }], "sms", { unit: "words" })).toThrow(
      "sms: no text of the training split has a label",
    );
  });

  test("are read from commas, tabs and JSON", async () => {
    const options: TextFileOptions = { unit: "characters", split: [1, 0, 0] };
    const files = [
      ["a.csv", 'label,text\nham,"a, b"\nspam,c\n', options],
      ["a.tsv", "text\tlabel\na, b\tham\nc\tspam\n", options],
      ["a.txt", "ham\ta, b\nspam\tc\n", { ...options, labelled: { label: 0, text: 1 } }],
      [
        "a.jsonl",
        '{"kind": "ham", "message": "a, b"}\n{"message": "c", "kind": "spam"}\n',
        { ...options, labelled: { label: "kind", text: "message" } },
      ],
    ] as const;
    for (const [name, content, own] of files) {
      const data = readTextDataset(fileWith(name, content), own);
      expect([name, await textsOf(data, "train")]).toEqual([name, ["a, b|", "c|"]]);
      const labels = (await partsOf(data, "train")).map(({ values }) => values["label"]![0]);
      expect([(data.fields["label"] as LabelField).levels, labels]).toEqual([
        ["ham", "spam"],
        [0, 1],
      ]);
    }
  });

  // biome-ignore format: one case a line
  test.each<[string, string, TextFileOptions, string]>([
    ["a.csv", "label,txt\nham,a\n", { unit: "words" }, 'a table is read as text, and has no column "text" (say which column the texts stand in with the option text: there are label and txt)'],
    ["a.tsv", "label\ttext\nham\n", { unit: "words" }, "a.tsv:2: there is no text in the row"],
    ["a.jsonl", '{"label": "ham", "text": 3}\n', { unit: "words" }, "a.jsonl:1: there is no text in the row"],
    ["a.jsonl", '{"label": "ham", "text": "a", "split": "tain"}\n', { unit: "words" }, 'a.jsonl:1: "tain" is no split'],
  ])("%s %o is refused", (name, content, options, message) => {
    expect(() => readTextDataset(fileWith(name, content), options)).toThrow(message);
  });
});

testWithSharedData("a megabyte of Shakespeare: 65 characters, the last tenth held out", async (folder) => {
  const unpacked = folderWith({});
  execFileSync("tar", ["xzf", join(folder, "text/tinyshakespeare.tar.gz"), "-C", unpacked]);
  const text = readFileSync(join(unpacked, "tinyshakespeare/input.txt"));
  const path = fileWith("input.txt.gz", gzipSync(text));
  const data = readTextDataset(path, { unit: "characters", split: [0.9, 0.1, 0] });
  expect((data.fields["x"] as TokensField).vocabulary.tokens).toHaveLength(65);
  const lengths = await Promise.all(
    SPLIT_NAMES.map(async (split) => (await data.splits[split].index()).map(({ length }) => length)),
  );
  expect(lengths).toEqual([[1_003_855], [111_539], []]);
  expect((await allTexts(data)).flat().join("")).toBe(text.toString());
});

testWithSharedData("5,574 messages with their classes, quotes and all", async (folder) => {
  const unpacked = folderWith({});
  execFileSync("tar", ["xzf", join(folder, "text/sms_spam.tar.gz"), "-C", unpacked]);
  const path = join(unpacked, "sms_spam/SMSSpamCollection");
  const options = { unit: "words", lowercase: true, labelled: { label: 0, text: 1 }, shuffle: 1 } as const;
  const data = readTextDataset(path, options);
  expect((data.fields["label"] as LabelField).levels).toEqual(["ham", "spam"]);
  const parts = (await Promise.all(SPLIT_NAMES.map((split) => partsOf(data, split)))).flat();
  expect(parts).toHaveLength(5574);
  expect(parts.filter(({ values }) => values["label"]![0] === 1)).toHaveLength(747);
  const train = await partsOf(data, "train");
  expect(train.some(({ values }) => values["x"]!.includes(UNKNOWN))).toBe(false);
  expect(data.notes.join("\n")).toMatch(
    /tokens that the vocabulary does not hold count as unknown \(\d+ of \d+\)/,
  );
});
