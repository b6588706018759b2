import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TokensField } from "../../src/data/fields.ts";
import { readPairs } from "../../src/data/files-pairs.ts";
import { pairedLines, parsePairs, type TextPair, textLines } from "../../src/data/text/pairs.ts";
import { pairDataset } from "../../src/data/text/pairs-dataset.ts";
import { END, Tokenizer } from "../../src/data/text/vocabulary.ts";
import { sequencesIn } from "../../src/data/whole-sequences.ts";
import { folderWith } from "./temporary.ts";

const sides = { source: 0, target: 1 };
const told = (pairs: readonly TextPair[]) => pairs.map(({ source, target }) => [source, target]);

describe("pairs of a table", () => {
  test.each([
    ["tsv", "Go.\tVa !\tone\nRun!\tCours\u202f!\tother\n", sides],
    ["tsv", "fr\ten\nVa !\tGo.\nCours\u202f!\tRun!\n", { source: "en", target: "fr" }],
    ["csv", 'Go.,Va !\nRun!,"Cours\u202f!"\n', sides],
    ["csv", "fr,en\nVa !,Go.\nCours\u202f!,Run!\n", { source: "en", target: "fr" }],
    ["jsonl", '{"en": "Go.", "fr": "Va !"}\n{"fr": "Cours\u202f!", "en": "Run!"}\n', sides],
  ] as const)("of %s: %j", (form, text, columns) => {
    const { pairs, notes } = parsePairs(text, "pairs", form, columns);
    expect(told(pairs)).toEqual([
      ["Go.", "Va !"],
      ["Run!", "Cours\u202f!"],
    ]);
    expect(notes).toEqual([]);
  });

  test("are refused where a tab inside a text would make others of them", () => {
    expect(() => parsePairs("Go.\tVa !\nOn\tne\tva pas.\n", "pairs.tsv", "tsv", sides)).toThrow(
      expect.objectContaining({ code: "data/tsv", at: "pairs.tsv:2" }),
    );
  });

  test("are refused where all that would train is too long", () => {
    const long = "word ".repeat(60);
    const pairs = Array.from(
      { length: 40 },
      (_, i): TextPair => ({ name: `${i}`, source: `${i} ${long}`, target: long }),
    );
    expect(() => pairDataset(pairs, "pairs.tsv", { unit: "characters" })).toThrow(
      expect.objectContaining({ code: "data/no-training", remedy: expect.stringContaining("bpe") }),
    );
    expect(pairDataset(pairs, "pairs.tsv", { unit: "words" }).notes.join()).not.toContain("left out");
  });

  test("keep the split that a column asks for", () => {
    const { pairs } = parsePairs("a,b,split\n1,2,test\n3,4,train\n", "p", "csv", {
      source: "a",
      target: "b",
    });
    expect(pairs.map(({ split }) => split)).toEqual(["test", "train"]);
  });

  test("are left out where a side is empty, which is told with the first place", () => {
    const { pairs, notes } = parsePairs("a\tb\n\tb\na\t \n", "p.tsv", "tsv", sides);
    expect(pairs).toHaveLength(1);
    expect(notes).toEqual(["2 pairs without a text on one side left out: line 2 of p.tsv first"]);
  });

  test("have a header where the first row holds names alone, which is told", () => {
    const parsed = (text: string, columns: Parameters<typeof parsePairs>[3]) =>
      parsePairs(text, "p.csv", "csv", columns);
    const named = parsed("en,de,split\na,b,test\n", { source: 0 });
    expect(named.notes).toEqual(["the first row is taken for names: en, de, split"]);
    expect(named.pairs).toMatchObject([{ source: "a", target: "b", split: "test" }]);
    expect(parsed("Source,target\na,b\n", { source: 1 }).pairs).toMatchObject([{ source: "b", target: "a" }]);
    expect(parsed("zz,qqq\na,b\n", { source: 0 }).pairs).toHaveLength(2);
    expect(parsed("one,dos\na,b\n", { source: 0 }).pairs).toHaveLength(2);
  });

  test("are of two sides, of which one tells the other", () => {
    const parsed = (columns: Parameters<typeof parsePairs>[3]) => () =>
      parsePairs('{"de": "a", "en": "b"}\n', "p.jsonl", "jsonl", columns);
    expect(parsed({ source: "en" })().pairs).toMatchObject([{ source: "b", target: "a" }]);
    expect(parsed({ source: 1 })().pairs).toMatchObject([{ source: "b", target: "a" }]);
    expect(parsed({ source: "en", target: "en" })).toThrow('both sides are "en"');
    const wide = () => parsePairs("a,b,c\n1,2,3\n", "p.csv", "csv", { source: "c" });
    expect(wide).toThrow("it is not said which column is written (name it: --target a)");
  });

  test("have the columns that are named", () => {
    const parsed = (columns: Parameters<typeof parsePairs>[3]) => () =>
      parsePairs("en\tfr\nGo.\tVa !\n", "p.tsv", "tsv", columns);
    expect(parsed({ source: "en", target: "de" })).toThrow(/the option target names a column "de"/);
    expect(parsed({ source: 0, target: 2 })).toThrow(/the option target names a column "2"/);
  });
});

describe("two files side by side", () => {
  test("are as long as each other", () => {
    const pair = (source: string, target: string) => () =>
      pairedLines({ file: "a.en", text: source }, { file: "a.de", text: target });
    expect(pair("1\n2\n3\n", "1\n2\n")).toThrow(
      "a.en: 3 lines here and 2 in a.de: line 3 of a.en has no partner",
    );
    expect(pair("1\n", "1\n2\n")).toThrow("line 2 of a.de has no partner");
    expect(pair("1\r\n2", "1\n2\n")()).toMatchObject({ pairs: [{ source: "1" }, { source: "2" }] });
  });

  test("whatever their lines are, come out in their order", () => {
    const line = fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text) && text.trim() !== "");
    fc.assert(
      fc.property(fc.array(fc.tuple(line, line), { minLength: 1 }), (pairs) => {
        const text = (side: 0 | 1) => pairs.map((pair) => `${pair[side]}\n`).join("");
        const found = pairedLines({ file: "a", text: text(0) }, { file: "b", text: text(1) });
        expect(told(found.pairs)).toEqual(pairs);
        expect(textLines(text(0))).toEqual(pairs.map(([source]) => source));
      }),
    );
  });
});

describe("a folder of pairs", () => {
  const folder = (files: Readonly<Record<string, string | Uint8Array>>) => {
    const path = folderWith({});
    for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
    return path;
  };
  const options = { unit: "subwords", most: 300 } as const;
  const lines = (word: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${word} ${i}\n`).join("");

  test("has a file for each side of each split, compressed or not", async () => {
    const path = folder({
      "train.en.gz": gzipSync(lines("dog", 30)),
      "train.de": lines("Hund", 30),
      "val.en": lines("cat", 4),
      "val.de": lines("Katze", 4),
      "test_2016.en": lines("cow", 3),
      "test_2016.de": lines("Kuh", 3),
      "test_2017.en": lines("cow", 5),
      "test_2017.de": lines("Kuh", 5),
      "extra.en": "alone\n",
      "README.md": "about",
    });
    const { fields, splits, notes } = readPairs(path, { source: "en", target: "de" }, options);
    const counts = await Promise.all(
      Object.values(splits).map(async (split) => (await split.index()).length),
    );
    expect(counts).toEqual([30, 4, 3]);
    expect(notes).toContain("files by split: test test_2016, train train, valid val");
    expect(notes).toContain(
      "left out: test_2017, as test_2016 is of the same split and extra.en has no partner",
    );
    expect(notes).toContain("the first pair: “dog 0” → “Hund 0”");
    const [first] = await sequencesIn(splits.valid);
    const { x, source } = fields as Readonly<Record<string, TokensField>> as Record<
      "x" | "source",
      TokensField
    >;
    expect(source.vocabulary).toEqual(x.vocabulary);
    const tokenizer = new Tokenizer(x.vocabulary);
    expect(tokenizer.decode(first!.values["source"] as Int32Array)).toBe("cat 0");
    expect(tokenizer.decode(first!.values["x"] as Int32Array)).toBe("Katze 0");
    expect((first!.values["source"] as Int32Array).at(-1)).toBe(END);
  });

  test("asks which side is read where it is not said", () => {
    const path = folder({ "train.en": "a\n", "train.de": "b\n" });
    expect(() => readPairs(path, sides, options)).toThrow(
      /it is not said which side is read \(.*--source de --target en/,
    );
    expect(() => readPairs(path, { source: "en", target: "fr" }, options)).toThrow("no file is called .fr");
    expect(() => readPairs(folder({ "a.txt": "b" }), sides, options)).toThrow(
      "put two files beside each other",
    );
  });

  test("may be named by one of two files", async () => {
    const path = folder({ "book.en": lines("dog", 9), "book.de": lines("Hund", 9), "other.en": "x\n" });
    const { splits } = readPairs(join(path, "book.en"), { source: "en", target: "de" }, options);
    const counts = await Promise.all(
      Object.values(splits).map(async (split) => (await split.index()).length),
    );
    expect(counts.reduce((all, count) => all + count, 0)).toBe(9);
    mkdirSync(join(path, "sub"));
    expect(() => readPairs(join(path, "none.en"), { source: "en", target: "de" }, options)).toThrow(
      "none.en",
    );
  });
});

test("pairs of the same source go to the same split", async () => {
  const pairs = Array.from({ length: 60 }, (_, i) => ({
    name: String(i),
    source: `source ${i % 20}`,
    target: `target ${i}`,
  }));
  const { splits, fields } = pairDataset(pairs, "pairs", { unit: "characters", shuffle: 1 });
  const tokenizer = new Tokenizer(fields.source.vocabulary);
  const sources = await Promise.all(
    Object.values(splits).map(
      async (split) =>
        new Set(
          (await sequencesIn(split)).map(({ values }) => tokenizer.decode(values["source"] as Int32Array)),
        ),
    ),
  );
  expect(sources.reduce((all, { size }) => all + size, 0)).toBe(20);
  const [train, valid, test] = sources as [Set<string>, Set<string>, Set<string>];
  expect(train.size).toBeGreaterThan(valid.size + test.size);
});

test("pairs that are added leave the others where they are", async () => {
  const pairs = Array.from({ length: 80 }, (_, i) => ({
    name: String(i),
    source: `s ${i}`,
    target: `t ${i}`,
  }));
  const testedOf = async (own: typeof pairs) => {
    const { splits } = pairDataset(own, "pairs", { unit: "characters" });
    return (await splits.test.index()).map(({ name }) => name);
  };
  const before = await testedOf(pairs.slice(0, 60));
  expect(before.length).toBeGreaterThan(3);
  expect((await testedOf(pairs)).filter((name) => Number(name) < 60)).toEqual(before);
});

test("pairs that are too long to be learned from are left out, which is told with the first place", async () => {
  const long = (name: string) => ({ name, source: "a".repeat(300), target: "b", split: "train" as const });
  const short = Array.from({ length: 6 }, (_, i) => ({
    name: `line ${i + 3}`,
    source: "ab",
    target: "b",
    split: i < 4 ? ("train" as const) : ("valid" as const),
  }));
  const pairs = [long("line 1"), long("line 2"), ...short];
  const { splits, fields, notes } = pairDataset(pairs, "pairs", { unit: "characters" });
  expect(await splits.train.index()).toHaveLength(4);
  expect(fields.source.longest).toBe(3);
  // Whoever reads them again for the trained model leaves out the same.
  const again = pairDataset(pairs, "pairs", { unit: "characters", vocabulary: fields.x.vocabulary });
  expect(await again.splits.train.index()).toEqual(await splits.train.index());
  expect(notes).toContain(
    "2 pairs with more than 256 characters on a side left out, line 1 first: cut long texts at sentences",
  );
});
