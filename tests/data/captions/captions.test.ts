/** Captioned pictures: lists in their forms, and what becomes of them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { captionDataset, captionsOf } from "../../../src/data/captions/caption-dataset.ts";
import { parseCaptionJson, parseCaptionTable } from "../../../src/data/captions/caption-lists.ts";
import { captionWords } from "../../../src/data/captions/caption-words.ts";
import type { TokensField } from "../../../src/data/fields.ts";
import { captionsIn, isCaptions, readCaptions } from "../../../src/data/files-captions.ts";
import { readerFor } from "../../../src/data/files-fields.ts";
import { END, UNKNOWN } from "../../../src/data/text/tokens.ts";
import { sequencesIn } from "../../../src/data/whole-sequences.ts";
import { scratchFolder } from "../../run/scratch.ts";

const listOf = (content: unknown) =>
  parseCaptionJson({ text: JSON.stringify(content), file: "captions.json" });
const json = (content: unknown) => listOf(content).pictures;
const table = (text: string) => parseCaptionTable({ text, file: "captions.csv" }).pictures;

describe("lists", () => {
  test("in JSON, as Karpathy, UCM and COCO have them", () => {
    expect(
      json({
        images: [
          {
            filepath: "val",
            filename: "1.jpg",
            split: "restval",
            sentences: [{ raw: "A dog.", tokens: ["a", "dog"] }],
          },
          { filename: "2.jpg", split: "test", sentences: [{ tokens: ["a", "cat"] }] },
        ],
      }),
    ).toEqual([
      { path: "val/1.jpg", captions: ["A dog."], level: undefined, split: "train" },
      { path: "2.jpg", captions: ["a cat"], level: undefined, split: "test" },
    ]);
    expect(json([{ file: "1.jpg", cls: "beach", split: "val", captions: ["Sand.", "Sea."] }])).toEqual([
      { path: "1.jpg", captions: ["Sand.", "Sea."], level: "beach", split: "valid" },
    ]);
    const coco = {
      images: [{ id: 7, file_name: "7.jpg" }],
      annotations: [
        { image_id: 7, caption: "one" },
        { image_id: 8, caption: "two" },
      ],
    };
    expect(json(coco).map(({ path, captions }) => [path, captions])).toEqual([["7.jpg", ["one"]]]);
    expect(listOf(coco).notes).toEqual(["1 caption of pictures that are not in the list left out"]);
  });

  test("leave out captions without words, and take numbers as the names of classes", () => {
    const { pictures, notes } = listOf([{ file: "1.jpg", class: 3, captions: ["a dog", "", " ."] }]);
    expect(pictures).toEqual([{ path: "1.jpg", captions: ["a dog"], level: "3", split: undefined }]);
    expect(notes).toEqual(["2 captions without words left out"]);
  });

  test("in a table, a row for each caption", () => {
    expect(table("path,caption,class,split\n1.jpg,a dog,pet,train\n1.jpg,an animal,pet,train\n")).toEqual([
      { path: "1.jpg", captions: ["a dog", "an animal"], level: "pet", split: "train" },
    ]);
  });

  test.each<[() => unknown, string]>([
    [() => json({ a: 1 }), "captions.json: it holds no list of pictures"],
    [() => json([{ captions: ["a"] }]), "captions.json, picture 1: its path is missing"],
    [() => json([{ file: "1.jpg", captions: [3] }]), "captions.json, picture 1: a caption is no text"],
    [() => json([{ file: "1.jpg", class: ["a"] }]), "captions.json, picture 1: its class is no text"],
    [() => json([{ file: "1.jpg", split: "later" }]), `captions.json, picture 1: "later" is no split`],
    [() => table("path,class\n1.jpg,a\n"), "captions.csv:1: there is no column of caption"],
    [() => table("path,caption\n,a\n"), "captions.csv:2: the path is empty"],
    [
      () => table("path,caption,class\n1.jpg,a,x\n1.jpg,b,y\n"),
      `captions.csv:3: "1.jpg" had another class or split before`,
    ],
  ])("%o is refused", (read, message) => {
    expect(read).toThrow(message);
  });
});

test("words are in lower case, without punctuation", () => {
  expect(captionWords("It's a Dog, isn't it? - 2 dogs.")).toEqual([
    "it's",
    "a",
    "dog",
    "isn't",
    "it",
    "2",
    "dogs",
  ]);
});

const root = scratchFolder();
function put(path: string, bytes: Uint8Array | string): void {
  const at = join(root, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, bytes);
}
const red = (shade: number) =>
  encode({
    width: 4,
    height: 2,
    channels: 3,
    data: Uint8Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? shade : 0)),
  });

describe("a folder of captioned pictures", () => {
  const folder = join(root, "pets");
  for (const i of [1, 2, 3, 4]) put(`pets/images/${i}.png`, red(i));
  put(
    "pets/captions.json",
    JSON.stringify([
      { file: "1.png", cls: "dog", split: "train", captions: ["A dog.", "A brown dog!"] },
      { file: "images/2.png", cls: "cat", split: "val", captions: ["A cat"] },
      { file: "3.png", cls: "dog", split: "test", captions: ["A dog."] },
      { file: "9.png", cls: "dog", split: "test", captions: ["A dog."] },
    ]),
  );

  test("has the picture, a caption and the class in each sequence", async () => {
    expect([isCaptions(folder), readerFor(folder, {})]).toEqual([true, "captions"]);
    const { fields, splits, modality, notes } = await readCaptions(folder, {});
    expect(modality).toEqual({ name: "captions" });
    expect(fields).toMatchObject({
      picture: { kind: "frames", role: "source", axis: "none", shape: [2, 4, 3], storage: "uint8" },
      x: { kind: "tokens", role: "target", axis: "T" },
      class: { kind: "label", role: "label", axis: "none", levels: ["dog"] },
    });
    const train = await sequencesIn(splits.train);
    expect(train.map(({ name }) => name)).toEqual(["images/1.png", "images/1.png"]);
    expect(train[1]!.values["picture"]).toEqual(
      Uint8Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? 1 : 0)),
    );
    expect((train[0]!.values["picture"] as Uint8Array).buffer).toBe(
      (train[1]!.values["picture"] as Uint8Array).buffer,
    );
    const { vocabulary } = fields["x"] as TokensField;
    expect(vocabulary.tokens).toEqual(["a", "dog", "brown"]);
    const [valid] = await sequencesIn(splits.valid);
    expect([...(valid!.values["x"] as Int32Array)]).toEqual([4, UNKNOWN, END]);
    expect([...(valid!.values["class"] as Int32Array)]).toEqual([-1]); // never trained on
    expect(notes).toContain("1 caption entry without a picture left out: 9.png");
    expect(notes).toContain("1 picture without a caption left out: images/4.png");
  });

  test("with two lists says which is read", async () => {
    put("both/1.png", red(1));
    put("both/captions.json", JSON.stringify([{ file: "1.png", captions: ["a dog"] }]));
    put("both/captions.csv", "path,caption\n1.png,a cat\n");
    const { notes } = await readCaptions(join(root, "both"), {});
    expect(notes).toContain("captions are those of captions.json; captions.csv beside it is not read");
    expect([...captionsIn(join(root, "both")).values()]).toEqual([[["a", "dog"]]]);
  });

  test("finds no picture of another folder by its name", async () => {
    put("strays/dogs/1.png", red(1));
    put("strays/dogs/2.png", red(2));
    put(
      "strays/captions.json",
      JSON.stringify([
        { file: "cats/1.png", captions: ["a cat"] },
        { file: "2.png", captions: ["a dog"] },
      ]),
    );
    const { notes } = await readCaptions(join(root, "strays"), {});
    expect(notes).toContain("1 caption entry without a picture left out: cats/1.png");
    expect(captionsIn(join(root, "strays"))).toEqual(new Map([["dogs/2.png", [["a", "dog"]]]]));
  });

  test("finds a picture by as much of its path as there is", () => {
    put("deep/1.png", red(1));
    put("deep/dogs/1.png", red(2));
    put("deep/captions.json", JSON.stringify([{ file: "data/dogs/1.png", captions: ["a dog"] }]));
    expect([...captionsIn(join(root, "deep")).keys()]).toEqual(["dogs/1.png"]);
  });

  test("tells all that is said of a picture, in words known and word for word", async () => {
    const data = await readCaptions(folder, {});
    const { x: caption } = data.fields as Awaited<ReturnType<typeof captionDataset>>["fields"];
    expect(await captionsOf(data.splits.train, caption.vocabulary)).toEqual(
      new Map([["images/1.png", ["a dog", "a brown dog"]]]),
    );
    expect(await captionsOf(data.splits.valid, caption.vocabulary)).toEqual(
      new Map([["images/2.png", ["a �"]]]),
    );
    expect(captionsIn(folder).get("images/2.png")).toEqual([["a", "cat"]]);
  });

  test("is refused before more than 2 GB are taken for it", async () => {
    // Three pictures of 26,754 × 26,754 shades of grey are 2 GB; the first is looked at before it is made as large.
    await expect(readCaptions(folder, { size: "26755x26755", colours: "grey" })).rejects.toThrow(
      `${join(folder, "images", "1.png")}: all pictures take more than 2 GB (make them smaller with --size or --colours grey)`,
    );
  });

  test("is read again for a run by what it knows", async () => {
    const { modality, fields } = await readCaptions(folder, { size: "2x2" });
    const again = await readCaptions(folder, { size: "2x2" }, { modality, fields });
    expect(again.fields).toEqual(fields);
    await expect(readCaptions(folder, {}, { modality, fields })).rejects.toThrow(
      "images/1.png is 4 by 2 pixels, and others are 2 by 2",
    );
  });
});

test("where nothing tells splits, all captions of a picture are in one, and it is the same again", async () => {
  const pictures = Array.from({ length: 40 }, (_, i) => ({
    name: `${i}`,
    picture: { width: 1, height: 1, channels: 1 as const, pixels: Uint8Array.of(i) },
    captions: ["one", "two"],
    level: i < 20 ? "a" : "b",
  }));
  const data = captionDataset(pictures, "here");
  const names = async ({ splits }: typeof data) =>
    Promise.all(
      [splits.train, splits.valid, splits.test].map(async (split) =>
        (await split.index()).map(({ name }) => name),
      ),
    );
  const dealt = await names(data);
  expect(dealt.map(({ length }) => length)).toEqual([56, 12, 12]);
  expect(dealt.map((own) => new Set(own).size)).toEqual([28, 6, 6]);
  expect(await names(captionDataset(pictures, "here", { known: data.fields }))).toEqual(dealt);
});

test("of many captions, rare words are unknown", () => {
  const picture = { width: 1, height: 1, channels: 1 as const, pixels: Uint8Array.of(0) };
  const captions = Array.from({ length: 600 }, (_, i) => (i < 4 ? "rare dog" : "dog"));
  const pictures = ["1", "2"].map((name) => ({ name, picture, captions, split: "train" as const }));
  const { x: caption } = captionDataset(
    [...pictures, { ...pictures[0]!, name: "3", split: "valid" as const }],
    "here",
  ).fields;
  expect(caption.vocabulary.tokens).toEqual(["dog", "rare"]); // 8 times
  const fewer = pictures.map((each) => ({
    ...each,
    captions: captions.map((words, i) => (i < 2 ? words : "dog")),
  }));
  const held = { ...fewer[0]!, name: "3", split: "valid" as const };
  expect(captionDataset([...fewer, held], "here").fields.x.vocabulary.tokens).toEqual(["dog"]); // 4 times
});
