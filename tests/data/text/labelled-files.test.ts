/** Texts with labels as the command line reads them: folders by class, columns of any name, new texts for a trained model. */
import { describe, expect, test } from "vitest";
import { SPLIT_NAMES } from "../../../src/data/dataset.ts";
import type { FieldDataset } from "../../../src/data/field-dataset.ts";
import type { LabelField, TokensField } from "../../../src/data/fields.ts";
import { readText } from "../../../src/data/files-fields.ts";
import { readTextDataset } from "../../../src/data/files-text.ts";
import { wholeSpans } from "../../../src/data/plan.ts";
import { USUAL_SHUFFLE } from "../../../src/data/tables/dealing.ts";
import { END, UNKNOWN } from "../../../src/data/text/vocabulary.ts";
import { fileWith, folderWith } from "../temporary.ts";

/** Names and labels of each split, in order of names. */
async function told(data: FieldDataset) {
  const { levels } = data.fields["label"] as LabelField;
  const splits = SPLIT_NAMES.map(async (split) => {
    const index = await data.splits[split].index();
    const found: string[] = [];
    let i = 0;
    for await (const { values } of data.splits[split].open(wholeSpans(index)))
      found.push(`${index[i++]!.name}: ${levels[values["label"]![0]!] ?? "?"}`);
    return found.sort();
  });
  return Promise.all(splits);
}

const many = (label: string, word: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${label}/${i + 1}.txt`, `${word} ${i}`]));

describe("a folder of texts", () => {
  test("by label is dealt out at random, each label everywhere", async () => {
    const folder = folderWith({
      ...many("neg", "bad", 20),
      ...many("pos", "good", 20),
      "README.txt": "Read me.",
    });
    const data = readText(folder, { tokens: "words" });
    expect((data.fields["label"] as LabelField).levels).toEqual(["neg", "pos"]);
    const splits = await told(data);
    expect(splits.map(({ length }) => length)).toEqual([28, 6, 6]);
    for (const own of splits) {
      expect(own.some((text) => /^neg\/\d+: neg$/.test(text))).toBe(true);
      expect(own.some((text) => /^pos\/\d+: pos$/.test(text))).toBe(true);
    }
    expect(data.notes[0]).toContain("README.txt is left out: it lies in no folder of a label");
    expect((data.fields["x"] as TokensField).vocabulary.tokens).not.toContain("Read");
  });

  test("that asks for splits keeps them", async () => {
    const folder = folderWith({
      ...many("train/neg", "bad", 3),
      ...many("train/pos", "good", 3),
      ...many("dev/neg", "bad", 1),
      ...many("test/pos", "good", 2),
    });
    const [train, valid, test] = await told(readText(folder, { tokens: "words" }));
    expect(train).toHaveLength(6);
    expect(valid).toEqual(["dev/neg/1: neg"]);
    expect(test).toEqual(["test/pos/1: pos", "test/pos/2: pos"]);
  });

  test("without labels is read for a trained model", async () => {
    const { fields } = readText(folderWith({ ...many("a", "x", 5), ...many("b", "y", 5) }), {
      tokens: "chars",
    });
    const known = { vocabulary: (fields["x"] as TokensField).vocabulary, levels: ["a", "b"] };
    const folder = folderWith({ "new.txt": "x", "b/old.txt": "y" });
    const [, , test] = await told(readText(folder, { tokens: "chars", split: [0, 0, 1] }, known));
    expect(test).toEqual(["b/old: b", "new: ?"]);
  });

  test("is read again as it was learned from: texts beside it are no part of it", async () => {
    const files = { ...many("neg", "bad", 20), ...many("pos", "good", 20), "README.txt": "Read me." };
    const folder = folderWith(files);
    const first = readText(folder, { tokens: "words" });
    const { vocabulary } = first.fields["x"] as TokensField;
    const known = { vocabulary, levels: (first.fields["label"] as LabelField).levels };
    const again = readText(folder, { tokens: "words", shuffle: USUAL_SHUFFLE }, known);
    expect(await told(again)).toEqual(await told(first));
  });

  // biome-ignore format: one case a line
  test.each([
    [{ "a.txt": "x" }, {}, "the folder holds no folders of texts"],
    [{ "a/1.txt": "x", "b/1.txt": "y" }, { label: "kind" }, "in a folder the label of a text is the name of its folder"],
    [many("a", "x", 9), {}, 'the training split has one label only ("a")'],
  ])("%j with %j is refused", (files, schema, message) => {
    expect(() => readText(folderWith(files as Record<string, string>), { tokens: "words", ...schema })).toThrow(message);
  });
});

describe("a table of texts", () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i < 30 ? "ham" : "spam"}\tword ${i}`).join("\n");

  test("has columns of any name, or by place where there is no header", async () => {
    const named = readText(fileWith("a.tsv", `kind\tmessage\n${rows}\n`), {
      ...{ tokens: "words", label: "kind", text: "message" },
    });
    const placed = readText(fileWith("messages", rows), { tokens: "words", label: "0", text: "1" });
    const levels = [named, placed].map(({ fields }) => (fields["label"] as LabelField).levels);
    expect(levels).toEqual([
      ["ham", "spam"],
      ["ham", "spam"],
    ]);
    // Sorted by class: in its order the last split would hold spam alone.
    for (const own of await told(placed))
      expect(new Set(own.map((text) => text.split(": ")[1])).size).toBe(2);
    const ordered = readTextDataset(fileWith("messages", rows), {
      unit: "words",
      labelled: { label: 0, text: 1 },
    });
    expect((await told(ordered))[2]).toEqual(Array.from({ length: 9 }, (_, i) => `line ${52 + i}: spam`));
  });

  test("may have semicolons between its columns, and says what is odd about its texts", async () => {
    const texts = Array.from(
      { length: 40 },
      (_, i) => `${i % 20 === 0 ? "" : `word ${i % 10}`};${i < 20 ? "a" : "b"}`,
    );
    const data = readText(fileWith("a.csv", `text;label\n${texts.join("\n")}\nalone;\n`), {
      tokens: "words",
    });
    expect((data.fields["label"] as LabelField).levels).toEqual(["a", "b"]);
    expect(data.notes).toContain("texts without anything in them: 2");
    expect(data.notes).toContain("texts without a label, which teach by their likelihood alone: 1");
    expect(data.notes.join("\n")).toMatch(
      /\d+ of 12 texts that validate or test stand in training, too, word for word/,
    );
  });

  test("stays in whole texts, however few there are", async () => {
    const vocabulary = { unit: "words", tokens: ["free", "prize"] } as const;
    const known = { vocabulary, levels: ["ham", "spam"] };
    const two = fileWith("two.csv", "text,label\nfree prize for you,spam\nsee you,ham\n");
    const splits = await told(readText(two, { tokens: "words", split: [0.7, 0.15, 0.15] }, known));
    expect(splits.flat().sort()).toEqual(["line 2: spam", "line 3: ham"]);
  });

  test("without a row is told so", () => {
    expect(() => readText(fileWith("a.csv", "text,label\n"), { tokens: "words" })).toThrow(
      expect.objectContaining({ code: "data/empty-file" }),
    );
  });

  test("between tabs is refused where a tab inside a text would cut it", () => {
    const cut = fileWith("a.tsv", "label\ttext\nham\tword\nham\tone\ttwo\n");
    expect(() => readText(cut, { tokens: "words" })).toThrow(
      expect.objectContaining({ code: "data/tsv", at: expect.stringMatching(/a\.tsv:3$/) }),
    );
  });

  test("of objects may lack a label anywhere, and its labels are words or numbers", async () => {
    const objects = (label: unknown) =>
      [
        '{"text":"x"}',
        ...Array(20).fill('{"text":"x","label":"a"}'),
        ...Array(20).fill('{"text":"y","label":2}'),
      ]
        .concat(JSON.stringify({ text: "z", label }))
        .join("\n");
    const data = readText(fileWith("a.jsonl", objects("a")), { tokens: "words" });
    expect((data.fields["label"] as LabelField).levels).toEqual(["2", "a"]);
    expect((await told(data)).flat().filter((each) => each.endsWith("?"))).toEqual(["line 1: ?"]);
    expect(() => readText(fileWith("b.jsonl", objects(["a"])), { tokens: "words" })).toThrow(
      expect.objectContaining({ code: "data/label", at: expect.stringMatching(/b\.jsonl:42$/) }),
    );
  });

  test("may do without labels for a trained model, and a text too", async () => {
    const vocabulary = { unit: "words", tokens: ["free", "prize"] } as const;
    const known = { vocabulary, levels: ["ham", "spam"] };
    const schema = { tokens: "words", split: [0, 0, 1] } as const;
    const table = readText(fileWith("new.csv", "text\nfree prize\nsee you\n"), schema, known);
    expect((await told(table))[2]).toEqual(["line 2: ?", "line 3: ?"]);
    const path = fileWith("new.txt", "free lunch");
    for (const own of [schema, { ...schema, label: "0", text: "1" }]) {
      const text = readText(path, own, known);
      expect((await told(text))[2]).toEqual(["new: ?"]);
      for await (const { values } of text.splits.test.open([{ i: 0, from: 0, to: 3 }]))
        expect([...values["x"]!]).toEqual([4, UNKNOWN, END]);
    }
  });

  test("may be read without regard to case, of words", () => {
    const path = fileWith("a.tsv", `label\ttext\n${rows.replaceAll("word", "Word")}\n`);
    const tokensOf = (how: "kept" | "ignored") =>
      (readText(path, { tokens: "words", case: how }).fields["x"] as TokensField).vocabulary.tokens;
    expect([tokensOf("kept").includes("Word"), tokensOf("ignored").includes("word")]).toEqual([true, true]);
    expect(() => readText(path, { tokens: "chars", case: "ignored" })).toThrow(
      "case is ignored of words alone",
    );
  });

  test("has one label a text", () => {
    const path = fileWith("a.tsv", `label\ttext\n${rows}\n`);
    expect(() => readText(path, { tokens: "words", label: "label", labelPer: "step" })).toThrow(
      "a text has one label",
    );
    expect(() =>
      readText(fileWith("b.tsv", "label\ttext\nham\ta\nham\tb\nham\tc\n"), { tokens: "words" }),
    ).toThrow('the training split has one label only ("ham")');
  });
});
