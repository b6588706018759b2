/** Encoders of text that somebody brings: what they tell, what a run keeps of them, and what is refused. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SPLIT_NAMES } from "../../../src/data/dataset.ts";
import type { FieldDataset } from "../../../src/data/field-dataset.ts";
import { readerFor, readerOf, readFields } from "../../../src/data/files-fields.ts";
import { EncoderOfTexts } from "../../../src/data/files-text-encoder.ts";
import { knownTextEncoder } from "../../../src/data/text/encoder-knowledge.ts";
import { sequencesIn } from "../../../src/data/whole-sequences.ts";
import { digestOfSources } from "../../../src/run/digest.ts";
import { encoderFile, lookupEncoder } from "../encoder-file.ts";
import { folderWith } from "../temporary.ts";

/** A row for each word: unknown ones, good, bad, film. */
const table = [
  [0.5, -0.5],
  [1, 0],
  [-1, 0.25],
  [0, 2],
];
const tokenizer = JSON.stringify({
  pre_tokenizer: { type: "WhitespaceSplit" },
  model: { type: "WordLevel", unk_token: "?", vocab: { "?": 0, good: 1, bad: 2, film: 3 } },
});
const texts = ["good film", "bad film", "bad", "film good good", "good", "bad bad"];
const labels = ["pos", "neg", "neg", "pos", "pos", "neg"];
const home = folderWith({
  "own/model.onnx": lookupEncoder(table),
  "own/tokenizer.json": tokenizer,
  "masked/model.onnx": lookupEncoder(table, { masked: true }),
  "masked/tokenizer.json": tokenizer,
  "pooled/model.onnx": lookupEncoder(table, { pooled: true }),
  "pooled/tokenizer.json": tokenizer,
  "other/model.onnx": lookupEncoder(table),
  "other/tokenizer.json": tokenizer.replace('"film":3', '"film":1'),
  "bare/model.onnx": lookupEncoder(table),
  "texts.csv": `text,label\n${texts.map((text, i) => `${text},${labels[i]}\n`).join("")}`,
  "plain.txt": "A text without labels.\nOf two lines.\n",
});
const features = join(home, "own/model.onnx");
const path = join(home, "texts.csv");
/** What the table tells of a text, `[T, 2]`. */
const byHand = (text: string): number[] =>
  text.split(" ").flatMap((word) => table[["?", "good", "bad", "film"].indexOf(word)] ?? table[0]!);

describe("steps of an encoder", () => {
  test.each(["own", "masked"])("are what its table says of each token: %s", async (name) => {
    const encoder = await EncoderOfTexts.open(join(home, name, "model.onnx"));
    const { width, length, values } = await encoder.steps("bad good film such", "row 1");
    await encoder.dispose();
    expect([width, length, ...values]).toEqual([2, 4, ...byHand("bad good film ?")]);
  });

  test("one of each text where it tells no more", async () => {
    const encoder = await EncoderOfTexts.open(join(home, "pooled/model.onnx"));
    const { width, length, values } = await encoder.steps("bad good film", "row 1");
    await encoder.dispose();
    expect([width, length, ...values]).toEqual([2, 1, 0, 2.25]);
  });

  test("are columns beside labels, and the run keeps which encoder and tokenizer it was", async () => {
    expect(readerFor(path, { features })).toBe("texts");
    expect(readerOf("text", { features })).toBe("texts");
    const { fields, modality, splits, notes } = await readFields("texts", path, {
      features,
      split: [0.5, 0.5, 0],
    });
    expect(fields).toMatchObject({
      x: { kind: "columns", columns: [{ name: "f0", kind: "real" }, { name: "f1" }] },
      label: { kind: "label", axis: "none", levels: ["neg", "pos"] },
    });
    const sum = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(knownTextEncoder(modality)).toEqual({
      sha256: sum,
      tokenizer: sum,
      inputs: ["input_ids"],
      output: "rows",
    });
    const all = [...(await sequencesIn(splits.train)), ...(await sequencesIn(splits.valid))];
    expect(all).toHaveLength(texts.length);
    for (const { name, length, values } of all) {
      const place = Number(/\d+/.exec(name)![0]) - 2; // the line of the file, behind its header
      expect(Array.from(values["x"] as Float64Array)).toEqual(byHand(texts[place]!));
      expect(length).toBe(texts[place]!.split(" ").length);
      expect((values["label"] as Int32Array)[0]).toBe(labels[place] === "neg" ? 0 : 1);
    }
    expect(notes.join("\n")).toContain(
      "its tokenizer is the tokenizer.json beside it, its inputs are input_ids",
    );
  });

  test("are told again by the same files, and by no others", async () => {
    const known = await readFields("texts", path, { features, split: [0.5, 0.5, 0] });
    const again = await readFields("texts", join(home, "plain.txt"), { features, split: [0, 0, 1] }, known);
    const [only] = await sequencesIn(again.splits.test);
    expect((only!.values["label"] as Int32Array)[0]).toBe(-1);
    expect(only!.length).toBe(7);
    const masked = join(home, "masked/model.onnx");
    await expect(readFields("texts", path, { features: masked }, known)).rejects.toThrow(
      /masked\/model\.onnx: this is not the encoder that the run was trained with/,
    );
    const other = join(home, "other/model.onnx");
    await expect(readFields("texts", path, { features: other }, known)).rejects.toThrow(
      /other\/tokenizer\.json: this is not the tokenizer that the run was trained with/,
    );
    const bare = join(home, "bare/model.onnx");
    await expect(readFields("texts", path, { features: bare }, known)).rejects.toMatchObject({
      code: "run/encoder",
    });
  });

  test("are none of an empty text, which is left out", async () => {
    const file = join(home, "gaps.csv");
    writeFileSync(file, 'text,label\n" ",pos\ngood,pos\nbad,neg\n');
    const { splits, notes } = await readFields("texts", file, { features, split: [1, 0, 0] });
    expect(await sequencesIn(splits.train)).toHaveLength(2);
    expect(notes).toContain("left out, as they hold no token: line 2");
  });

  test("are no more than the tokenizer says, and how many texts are cut is told", async () => {
    const short = JSON.stringify({ ...(JSON.parse(tokenizer) as object), truncation: { max_length: 2 } });
    const folder = folderWith({ "model.onnx": lookupEncoder(table), "tokenizer.json": short });
    const { notes } = await readFields("texts", path, { features: join(folder, "model.onnx") });
    expect(notes).toContain("1 of 6 texts are cut to 2 tokens, as tokenizer.json says");
  });

  test("of which none moves to another split where one text holds no token", async () => {
    const file = join(home, "blank.csv");
    writeFileSync(file, `text,label\n" ",pos\n${texts.map((text, i) => `${text},${labels[i]}\n`).join("")}`);
    const asked = { split: [0.5, 0.25, 0.25] } as const;
    const encoded = await readFields("texts", file, { ...asked, features });
    const plain = await readFields("text", file, asked);
    for (const split of SPLIT_NAMES) {
      const namesOf = async ({ splits }: FieldDataset) =>
        (await splits[split].index()).map(({ name }) => name);
      const others = (await namesOf(plain)).filter((name) => name !== "line 2");
      expect(await namesOf(encoded)).toEqual(others);
    }
  });

  test("do not count in the checksum of the data; labels do, and texts", async () => {
    const data = await readFields("texts", path, { features });
    const rest = { ...data, modality: { name: "table" } as const, fields: { label: data.fields["label"]! } };
    expect(await digestOfSources(data)).toBe(await digestOfSources(rest));
    const file = join(home, "changed.csv");
    writeFileSync(file, readFileSync(path, "utf8").replace("bad film", "dull film")); // as long, and its label is the same
    const changed = await readFields("texts", file, { features });
    expect(await digestOfSources(changed)).not.toBe(await digestOfSources(data));
  });
});

describe("what is no encoder of text is refused in a line", () => {
  const ids = { type: "int64", shape: ["N", "T"] } as const;
  const refusing = (
    inputs: Parameters<typeof encoderFile>[0]["inputs"],
    output: readonly (number | string)[],
  ) =>
    encoderFile({
      inputs,
      outputs: { y: { shape: output } },
      ops: [{ op: "Cast", of: [Object.keys(inputs)[0]!], gives: "y", with: { to: 1 } }],
    });

  const lookedUp = encoderFile({
    inputs: { input_ids: ids },
    outputs: { y: ids },
    ops: [{ op: "Identity", of: ["input_ids"], gives: "y" }],
  });

  test.each<[string, Uint8Array, string]>([
    [
      "positions",
      refusing({ input_ids: ids, position_ids: ids }, ["N", "T"]),
      "its inputs are input_ids: int64 [N, T] and position_ids",
    ],
    ["no ids", refusing({ attention_mask: ids }, ["N", "T"]), "its inputs are attention_mask: int64 [N, T]"],
    [
      "samples",
      refusing({ input_ids: { shape: ["N", "T"] } }, ["N", "T"]),
      "its inputs are input_ids: float32 [N, T]",
    ],
    [
      "a fixed length",
      refusing({ input_ids: { ...ids, shape: ["N", 128] } }, ["N", 128]),
      "its input is input_ids: int64 [N, 128], of a fixed size",
    ],
    ["an output of ids", lookedUp, "its outputs are y: int64 [N, T]"],
  ])("%s", async (name, bytes, what) => {
    const file = join(home, "own", `${name}.onnx`);
    writeFileSync(file, bytes);
    const error: unknown = await EncoderOfTexts.open(file).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "data/encoder" });
    expect(String(error)).toContain(`${file}: ${what}`);
  });

  test("a token that it has no row for, named with its text", async () => {
    const folder = folderWith({
      "model.onnx": lookupEncoder(table.slice(0, 2)),
      "tokenizer.json": tokenizer,
    });
    const encoder = await EncoderOfTexts.open(join(folder, "model.onnx"));
    const error: unknown = await encoder.steps("good film", "row 7").catch((cause: unknown) => cause);
    await encoder.dispose();
    expect(error).toMatchObject({
      code: "data/encoder",
      what: expect.stringContaining("it cannot read row 7, 2 tokens"),
    });
  });

  test("no tokenizer beside it, texts without labels, and what is said of tokens", async () => {
    await expect(readFields("texts", path, { features: join(home, "bare/model.onnx") })).rejects.toThrow(
      /bare\/tokenizer\.json/,
    );
    await expect(readFields("texts", join(home, "plain.txt"), { features })).rejects.toThrow(
      "here are no labels",
    );
    await expect(readFields("texts", path, { features, tokens: "words" })).rejects.toThrow(
      "option '--tokens' has no effect: an encoder of your own reads the texts, by its own tokenizer",
    );
  });

  test.each(["mel", "e.ort"])("features that no file of ONNX tells: %s", async (name) => {
    const asked = { features: name, tokens: "words" } as const;
    await expect(readFields(readerFor(path, asked)!, path, asked)).rejects.toMatchObject({
      ...{ code: "usage/option", what: `option '--features ${name}' names no encoder of texts` },
    });
  });
});
