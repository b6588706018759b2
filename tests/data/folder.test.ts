import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Sequence } from "../../src/data/dataset.ts";
import { readDataset } from "../../src/data/files.ts";
import { midiBytes } from "../../src/data/music/midi-writer.ts";
import { rollDataset } from "../../src/data/music/piano-roll.ts";
import { folderWith } from "./temporary.ts";

const csv = (from: number) => `a,b\n${from},1\n${from + 1},3\n${from + 2},2\n`;
const namesOf = (folder: string) => {
  const { splits } = readDataset(folder);
  return [splits.train, splits.valid, splits.test].map((sequences) => sequences.map(({ name }) => name));
};

describe("a folder of files", () => {
  test("is split by sub-folders", () => {
    const folder = folderWith({
      "train/r1.csv": csv(1),
      "train/r2.csv": csv(2),
      "valid/v.csv": csv(3),
      "test/t.csv": csv(4),
    });
    expect(namesOf(folder)).toEqual([["r1", "r2"], ["v"], ["t"]]);
  });

  test("is split by the beginning of names, and leaves out files without one", () => {
    const folder = folderWith({
      "train-1.csv": csv(1),
      "valid-1.csv": csv(2),
      "test-1.csv": csv(3),
      "incidents.csv": "from,to\n1,2\n",
      "README.md": "# Data",
    });
    expect(namesOf(folder)).toEqual([["train-1"], ["valid-1"], ["test-1"]]);
    expect(readDataset(folder).notes.slice(0, 2)).toEqual([
      `${folder}/incidents.csv is left out`,
      `${folder}/README.md is left out`,
    ]);
  });

  test("is otherwise split in the order of the names, numbers by size", () => {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`run${i + 1}.csv`, csv(i)]));
    const [train, valid, test] = namesOf(folderWith(files));
    expect(train).toEqual(["run1", "run2", "run3", "run4", "run5", "run6", "run7", "run8"]);
    expect([valid, test]).toEqual([
      ["run9", "run10"],
      ["run11", "run12"],
    ]);
  });

  test("mixes formats as long as the columns agree", () => {
    const folder = folderWith({
      "1.csv": csv(1),
      "2.jsonl": '{"b": 1, "a": 5}\n{"b": 2, "a": 6}\n',
      "3.csv": csv(3),
    });
    expect(readDataset(folder).splits.valid[0]!.values).toEqual(Float64Array.of(5, 1, 6, 2));
  });
});

describe("files that are called after a split", () => {
  const long = (from: number, rows = 20) =>
    `a,b\n${Array.from({ length: rows }, (_, t) => `${from + t},${(t * 7) % 5}\n`).join("")}`;
  const json = (from: number) => `{"a": ${from}, "b": 1}\n{"a": ${from + 1}, "b": 2}\n`;
  const startsOf = (sequences: readonly Sequence[]) => sequences.map(({ values }) => values[0]);

  test("are it: validation is cut from the end of train.csv, and test.csv is not trained on", () => {
    const folder = folderWith({ "train.csv": long(0), "test.csv": long(1000) });
    const { splits, columns, notes } = readDataset(folder);
    const stepsOf = (sequences: readonly Sequence[]) =>
      sequences.map(({ name, length, offset = 0 }) => [name, offset, length]);
    expect(stepsOf(splits.train)).toEqual([["train", 0, 16]]);
    expect(stepsOf(splits.valid)).toEqual([["train", 16, 4]]);
    expect(stepsOf(splits.test)).toEqual([["test", 0, 20]]);
    expect([columns[0]!.minimum, columns[0]!.maximum]).toEqual([0, 15]);
    expect(notes.slice(0, 3)).toEqual([
      "split by name: train.csv trains, test.csv tests",
      "split: as the files say, validation taken from the end of training",
      "split by time: the first 82 % train, 18 % valid",
    ]);
  });

  test("with several sequences in train.csv, the last of them validate", () => {
    const rows = (names: string) => `s,a\n${[...names].map((s, i) => `${s},${i}\n${s},${i + 2}\n`).join("")}`;
    const folder = folderWith({ "train.csv": rows("abcdef"), "test.csv": rows("xyz") });
    const { splits } = readDataset(folder, { sequence: "s" });
    const [train, valid, test] = [splits.train, splits.valid, splits.test].map((sequences) =>
      sequences.map(({ name }) => name),
    );
    expect([train, valid, test]).toEqual([["a", "b", "c", "d", "e"], ["f"], ["x", "y", "z"]]);
  });

  test.each(["valid", "val", "validation", "dev", "Valid", "VAL"])("%s is validation", (name) => {
    const folder = folderWith({ "train.csv": csv(0), [`${name}.csv`]: csv(10), "test.csv": csv(20) });
    expect(namesOf(folder)).toEqual([["train"], [name], ["test"]]);
    expect(readDataset(folder).notes).toContain(
      `split by name: train.csv trains, ${name}.csv validates, test.csv tests`,
    );
    const folders = folderWith({
      "TRAIN/a.csv": csv(0),
      [`${name}/b.csv`]: csv(10),
      "Test/c.csv": csv(20),
    });
    expect(namesOf(folders)).toEqual([["a"], ["b"], ["c"]]);
  });

  test("may be of any format and case, compressed or not, beside parts of a split", () => {
    const folder = folderWith({
      "TRAIN.jsonl": json(1),
      "train-more.tsv": "a\tb\n5\t1\n6\t2\n",
      "Dev.ndjson.gz": gzipSync(json(10)),
      "Test.CSV.gz": gzipSync(csv(20)),
      "TEST-2.csv": csv(30),
      "other.csv": csv(40),
    });
    const { splits, notes } = readDataset(folder);
    expect([splits.train, splits.valid, splits.test].map(startsOf)).toEqual([[5, 1], [10], [30, 20]]);
    expect(notes.slice(0, 2)).toEqual([
      `${folder}/other.csv is left out`,
      "split by name: train-more.tsv and TRAIN.jsonl train, Dev.ndjson.gz validates, TEST-2.csv and Test.CSV.gz test",
    ]);
  });

  test("music is split so too", () => {
    const piece = (pitches: readonly number[]) => {
      const steps = pitches.map((pitch) => [pitch]);
      const { columns, splits } = rollDataset([{ name: "a", steps }], { split: [1, 0, 0] }, "test");
      return midiBytes(columns, splits.train[0]!, { grid: 4, tempo: 100 });
    };
    const folder = folderWith({
      "train.mid": piece([60, 62, 64, 65]),
      "val.mid": piece([60, 64]),
      "test.midi": piece([60, 65]),
    });
    expect(namesOf(folder)).toEqual([["train"], ["val"], ["test"]]);
  });

  test("test.csv beside others leaves these to training, and says so", () => {
    const folder = folderWith({ "a.csv": csv(0), "b.csv": csv(10), "c.csv": csv(20), "test.csv": csv(30) });
    expect(namesOf(folder)).toEqual([["a", "b"], ["c"], ["test"]]);
    expect(readDataset(folder).notes[0]).toBe("split by name: test.csv tests, all others train");
  });

  test("a folder of nothing but test.csv has nothing to train on", () => {
    const folder = folderWith({ "test.csv": csv(0) });
    expect(() => readDataset(folder)).toThrow(/no sequence is left for the training split/);
    const { columns } = readDataset(folderWith({ "train.csv": csv(0) }));
    expect(startsOf(readDataset(folder, { columns }).splits.test)).toEqual([0]);
  });
});

describe("a split leaks nothing into another", () => {
  const words = { train: ["train"], valid: ["valid", "val", "validation", "dev"], test: ["test"] } as const;
  const called = fc.constantFrom(...Object.entries(words)).chain(([split, names]) =>
    fc.record({
      split: fc.constant(split),
      word: fc.constantFrom(...names),
      mark: fc.constantFrom("", "-", "_", " ", "(", "_1", "-2024", ".more"),
      isUpper: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
      isFolder: fc.boolean(),
    }),
  );

  test("files and folders that are called after one, in any case and before any mark, are in it alone", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(called, {
          minLength: 1,
          maxLength: 8,
          selector: ({ word, mark, isFolder }) => `${word}${mark}${isFolder}`,
        }),
        (all) => {
          const starts = new Map<number, string>([[0, "train"]]);
          const files: Record<string, string> = { "Train/sure.csv": csv(0) };
          all.forEach(({ split, word, mark, isUpper, isFolder }, i) => {
            const name = [...word].map((letter, k) => (isUpper[k] ? letter.toUpperCase() : letter)).join("");
            files[isFolder ? `${name}${mark}/x.csv` : `${name}${mark}.csv`] = csv(100 * (i + 1));
            starts.set(100 * (i + 1), split);
          });
          const folder = folderWith(files);
          const { splits } = readDataset(folder);
          const found = new Map(
            Object.entries(splits).flatMap(([split, own]) =>
              own.filter(({ offset = 0 }) => offset === 0).map(({ values }) => [values[0]!, split] as const),
            ),
          );
          for (const [start, split] of starts) {
            // Validation that nobody asked for is cut from what trains.
            if (split !== "train") expect([start, found.get(start)]).toEqual([start, split]);
            else expect(["train", "valid"]).toContain(found.get(start));
          }
          expect(found.size).toBe(starts.size);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("what is in a folder and not used is said", () => {
    const folder = folderWith({
      "lone.csv": csv(0),
      "machines/1.csv": csv(10),
      "machines/deeper/2.csv": csv(20),
      "pictures/a.png": "",
    });
    const whole = { split: [1, 0, 0] } as const;
    expect(readDataset(folder, whole).notes).toContain(
      `${folder}/machines/ is left out, with 2 data files: beside data only sub-folders called train, valid or test are looked into (the pattern "${folder}/**" names all)`,
    );
    const classes = folderWith({ "normal/1.csv": csv(0), "faulty/2.csv": csv(10) });
    const { train } = readDataset(classes, whole).splits;
    expect(train.map(({ name }) => name)).toEqual(["faulty/2", "normal/1"]);
    const inside = folderWith({ "train/1.csv": csv(0), "train/old/2.csv": csv(10) });
    expect(readDataset(inside, whole).notes[0]).toMatch(/train\/old\/ is left out, with 1 data file/);
    const many = folderWith(
      Object.fromEntries([...Array(9).keys()].map((i) => [`notes-${i}.md`, ""]).concat([["a.csv", csv(0)]])),
    );
    expect(readDataset(many, whole).notes.slice(4, 6)).toEqual([
      `${many}/notes-4.md is left out`,
      "4 more files left out",
    ]);
  });

  test("a link to a folder is one", () => {
    const folder = folderWith({ "elsewhere/1.csv": csv(0), "data/test/2.csv": csv(10) });
    symlinkSync(join(folder, "elsewhere"), join(folder, "data/train"));
    expect(namesOf(join(folder, "data"))).toEqual([["1"], ["1"], ["2"]]);
  });
});

describe("names that only look like those of a split", () => {
  const lookalikes = ["training-notes", "testament", "train2", "ECG_TEST", "valid2"];

  test.each(lookalikes)("%s is left out where others are one", (name) => {
    const folder = folderWith({ "train.csv": csv(0), "test.csv": csv(10), [`${name}.csv`]: csv(20) });
    expect(namesOf(folder)).toEqual([["train"], ["train"], ["test"]]);
    expect(readDataset(folder).notes[0]).toBe(`${folder}/${name}.csv is left out`);
  });

  test("are dealt out like any other where none is, which is said", () => {
    const folder = folderWith(Object.fromEntries(lookalikes.map((name, i) => [`${name}.csv`, csv(10 * i)])));
    expect(namesOf(folder).flat()).toEqual(["ECG_TEST", "testament", "train2", "training-notes", "valid2"]);
    expect(readDataset(folder).notes[0]).toBe(
      "ECG_TEST.csv and 4 more like it: no split is named so (those are test.csv, test-1.csv or test/), dealt out like any other",
    );
  });

  test.each(["series_train_01", "a_testing", "2024-eval", "run-val-3", "hold-out"])("%s as well", (name) => {
    const folder = folderWith({ "a.csv": csv(0), "b.csv": csv(10), [`${name}.csv`]: csv(20) });
    expect(readDataset(folder).notes[0]).toContain(`${name}.csv: no split is named so`);
  });

  test("nothing is said of names that are others' words", () => {
    const files = ["latest", "contest", "valve-1", "device", "restrain", "invalid"];
    const folder = folderWith(Object.fromEntries(files.map((name, i) => [`${name}.csv`, csv(10 * i)])));
    expect(readDataset(folder).notes).toEqual([
      "split by sequence, in order: 4 train, 1 valid, 1 test",
      "train: contest, device, invalid and latest; valid: restrain; test: valve-1",
    ]);
  });
});
