import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import type { SchemaOptions } from "../../src/data/tables/schema.ts";
import { VrnnError } from "../../src/errors.ts";
import { fileWith, folderWith } from "./temporary.ts";

function failureOf(path: string, options: SchemaOptions = {}): VrnnError {
  try {
    readDataset(path, options);
  } catch (error) {
    if (error instanceof VrnnError) return error;
    throw error;
  }
  throw new Error("no error");
}

const numbers = Array.from({ length: 30 }, (_, i) => `${i},${(i * 7) % 5}`).join("\n");
const words = Array.from({ length: 70 }, (_, i) => `${i},w${i}`).join("\n");
const cut = gzipSync(`a,b\n${numbers}`).subarray(0, 40);

/** File name, content, options, the message after the path. */
const CASES: readonly (readonly [string, string, string | Uint8Array, SchemaOptions, string])[] = [
  ["an empty file", "a.csv", "", {}, ": the file is empty (write the file anew)"],
  ["a file of blanks", "a.csv", " \n\n", {}, ": the file is empty (write the file anew)"],
  ["a header alone", "a.csv", "a,b\n", {}, ": there are no rows of data (write the file anew)"],
  ["a NUL byte", "a.csv", "a,b\n1,\0\n", {}, ":2: no text: there is a NUL byte (save it as text in UTF-8)"],
  [
    "Latin-1 text",
    "a.csv",
    Buffer.from("t\xe9,b\n1,2\n", "latin1"),
    {},
    ":1: no UTF-8 text: there is an invalid byte (save it as text in UTF-8)",
  ],
  [
    "a row too short",
    "a.csv",
    "a,b,c\n1,2,3\n4,5\n",
    {},
    ':3, column "c": the row has 2 fields, the header 3 (add the missing field; it may be empty)',
  ],
  [
    "a row too long",
    "a.csv",
    "a,b\n1,2\n\n4,5,6\n",
    {},
    ":4: the row has 3 fields, the header 2 (remove a field, or put text that holds commas in quotes)",
  ],
  [
    "infinity",
    "a.csv",
    "a,b\n1,2\n3,-Inf\n",
    {},
    ':3, column "b": an infinite value (write a finite number, or leave the cell empty to say "missing")',
  ],
  [
    "a number beyond float64",
    "a.jsonl",
    '{"a": 1}\n{"a": 1e999}\n',
    {},
    ':2, column "a": an infinite value (write a finite number, or leave the cell empty to say "missing")',
  ],
  [
    "columns of missing values alone",
    "a.csv",
    "a,b\n,\nNA,NA\n?,?\n",
    {},
    ": no column is left to model (give a column that varies in the training split, which has 1 of 3 rows)",
  ],
  [
    "nothing with a value in training",
    "a.csv",
    "a,b\n,x\n,\n,\n4,7\n",
    {},
    ": no column is left to model (give a column that varies in the training split, which has 2 of 4 rows)",
  ],
  [
    "a single row",
    "a.csv",
    "a,b\n1,2\n",
    {},
    ": there is a single row, a sequence needs two at least (give a longer recording)",
  ],
  [
    "nothing but constants",
    "a.csv",
    "a,b\n1,2\n1,2\n1,2\n",
    {},
    ": no column is left to model (give a column that varies in the training split, which has 1 of 3 rows)",
  ],
  [
    "text among numbers",
    "a.csv",
    `a,b\n${numbers}\n30,oops\n`,
    {},
    ':32, column "b": "oops" is no number, though most of the column are (mend it, or read it as missing with the option missing: "oops")',
  ],
  [
    "too many levels",
    "a.csv",
    `a,b\n${words}\n`,
    {},
    ':2, column "b": the column holds text ("w0", ...) of over 64 levels (leave it out with the option drop: "b")',
  ],
  [
    "names of many sequences, row after row",
    "a.csv",
    `a,b\n${Array.from({ length: 210 }, (_, i) => `${i % 3},p${Math.floor(i / 3)}x`).join("\n")}\n`,
    {},
    ':2, column "b": the column holds text ("p0x", ...) of over 64 levels (it names a sequence over several rows: say so with the option sequence: "b", or leave it out with drop)',
  ],
  [
    "many levels that come back",
    "a.csv",
    `a,b\n${Array.from({ length: 210 }, (_, i) => `${i % 3},p${i % 70}x`).join("\n")}\n`,
    {},
    ':2, column "b": the column holds text ("p0x", ...) of over 64 levels (leave it out with the option drop: "b")',
  ],
  [
    "a kind that does not fit",
    "a.csv",
    `a,b\n${numbers}\n`,
    { kinds: { b: "binary" } },
    ':3, column "b": "2" is no 0 or 1, true or false, yes or no, but the column is binary (mend it, or read it as missing with the option missing: "2")',
  ],
  [
    "an unknown column",
    "a.csv",
    `load,temperature\n${numbers}\n`,
    { drop: ["temprature"] },
    ': the option drop names a column "temprature" that does not exist (did you mean "temperature"?)',
  ],
  [
    "a name cut at its comma",
    "a.csv",
    `"load, 1 min",x\n${numbers}\n`,
    { drop: ["load", "1 min"] },
    ': the option drop names a column "load" that does not exist (write a name with a comma in quotes: "load, 1 min")',
  ],
  [
    "a column far from all",
    "a.csv",
    `load,temperature\n${numbers}\n`,
    { kinds: { zebra: "real" } },
    ': the option kinds names a column "zebra" that does not exist (the columns are load, temperature)',
  ],
  [
    "a grid below zero",
    "a.csv",
    `a,b\n${numbers}\n`,
    { resolution: { b: -1 } },
    ': the option resolution gives "b" a grid of -1 (give the distance between two neighbouring values, or 0 for none)',
  ],
  [
    "a column named twice",
    "a.csv",
    "a,b,a\n1,2,3\n",
    {},
    ':1: the header names column "a" twice (give each column its own name)',
  ],
  [
    "an open quote",
    "a.csv",
    'a,b\n1,2\n3,"4\n5,6\n',
    {},
    ':3, column "b": a quote is opened and never closed (put the whole field in quotes and write a quote inside it as "")',
  ],
  [
    "text after a quote",
    "a.csv",
    'a,b\n1,"2"x\n',
    {},
    ':2, column "b": text follows a closing quote (put the whole field in quotes and write a quote inside it as "")',
  ],
  [
    "sequences of one row each",
    "a.csv",
    "id,x\na,5\nb,6\nc,7\n",
    { sequence: "id" },
    ": each of the 3 sequences has a single row, a sequence needs two at least (name longer sequences with the option sequence, or none)",
  ],
  [
    "a time that goes back",
    "a.csv",
    "when,x\n1,5\n3,6\n2,7\n",
    { time: "when" },
    ':4, column "when": the time does not increase (sort the rows, or name the sequences with the option sequence)',
  ],
  [
    "a time that is none",
    "a.csv",
    "when,x\nmon,5\ntue,6\n",
    { time: "when" },
    ':1, column "when": the time column holds entries that are neither numbers nor dates (write dates as 2024-05-01 12:30:00, or choose another column with the option time)',
  ],
  [
    "a row without its sequence",
    "a.csv",
    "run,x\na,5\n,6\n",
    { sequence: "run" },
    ':3, column "run": the row does not say which sequence it belongs to (fill in the cell)',
  ],
  [
    "broken JSON",
    "a.jsonl",
    '{"a": 1}\n{"a": 2,}\n',
    {},
    ':2:9: invalid JSON: unexpected "}" (mend the file, or write it anew)',
  ],
  [
    "NaN as Python writes it",
    "a.jsonl",
    '{"a": NaN}\n',
    {},
    ':1:7: invalid JSON: unexpected "NaN" (write null for a missing value)',
  ],
  [
    "a line that is no object",
    "a.jsonl",
    "[1, 2]\n",
    {},
    ':1: the line is no object (write each line as {"column": value, ...})',
  ],
  [
    "arrays of different lengths",
    "a.jsonl",
    '{"a": [1, 2], "b": [1]}\n',
    {},
    ':1: "b" has 1 steps, "a" has 2 (write null for a missing step, or a single value that holds at every step without brackets)',
  ],
  [
    "a value that is a list",
    "a.jsonl",
    '{"a": {"b": 1}}\n',
    {},
    ':1, column "a": an array or object where one value belongs (write a number, a text, true, false or null)',
  ],
  [
    "a step among sequences",
    "a.jsonl",
    '{"a": [1, 2]}\n{"a": 3}\n',
    {},
    ":2: the line holds a single step, others hold arrays (write one object per step, or one object of arrays per sequence)",
  ],
  [
    "a pitch out of range",
    "a.json",
    '{"train": [[[60], [60, 109]]]}',
    {},
    ", train, sequence 1, step 2: 109 is no MIDI pitch of a piano (write whole numbers from 21 to 108)",
  ],
  [
    "a roll cut off",
    "a.json",
    '{"train": [[[60],\n [61',
    {},
    ":2:5: invalid JSON: the text ends too early (mend the file, or write it anew)",
  ],
  [
    "JSON that is no roll",
    "a.json",
    '{"x": 1}',
    {},
    ': no piano roll: it holds no sequence (write {"train": [sequence: [step: [pitches]]], "valid": ..., "test": ...}, or other data as CSV or JSONL)',
  ],
  [
    "a cut gzip",
    "a.csv.gz",
    cut,
    {},
    ": corrupt gzip: unexpected end of file (fetch or compress the file again)",
  ],
  [
    "an unknown kind of file",
    "a.xlsx",
    "x",
    {},
    ": this kind of file is not known (give a file that ends in .csv, .tsv, .jsonl, .ndjson, .npy, .ts, .ucr, .parquet, .txt, .mid, .midi, .npz or .json, each also with .gz, or say what it is with the option format: csv, tsv, jsonl, json, parquet, npy, npz, ts, ucr, midi)",
  ],
];

describe("bad input gives one clear line", () => {
  test.each(CASES)("%s", (_, name, content, options, message) => {
    const path = fileWith(name, content);
    const failure = failureOf(path, options);
    expect(failure.message).toBe(path + message);
    expect(failure.message).not.toContain("\n");
  });

  test("a missing file, with what may have been meant", () => {
    const folder = folderWith({ "cpu-load.csv": "a\n1\n2\n" });
    expect(failureOf(`${folder}/cpu-laod.csv`).message).toBe(
      `${folder}/cpu-laod.csv: there is no such file or folder (did you mean "${folder}/cpu-load.csv"?)`,
    );
    expect(failureOf(`${folder}/none/x.csv`).message).toBe(
      `${folder}/none/x.csv: there is no such file or folder (check the path)`,
    );
  });

  test("a folder without data", () => {
    const folder = folderWith({ "README.md": "nothing" });
    expect(failureOf(folder).message).toBe(
      `${folder}: the folder holds no data file (put in files that end in .csv, .tsv, .jsonl, .ndjson, .npy, .ts, .ucr, .parquet, .txt, .mid, .midi, .npz or .json, each also with .gz)`,
    );
  });

  test("a folder whose files disagree", () => {
    const folder = folderWith({ "1.csv": "a,b\n1,2\n3,4\n", "2.csv": "a,c\n1,2\n3,4\n" });
    expect(failureOf(folder).message).toBe(
      `${folder}/2.csv: there is no column "b", which ${folder}/1.csv has (give all sequences the same columns)`,
    );
  });

  test("a folder without training data", () => {
    const folder = folderWith({ "test-1.csv": "a\n1\n3\n" });
    expect(failureOf(folder).message).toBe(
      `${folder}: no sequence is left for the training split (put sequences into "train", or give the option split a share for training)`,
    );
  });
});

test("what was infinite can be read as missing", () => {
  const path = fileWith("a.csv", "a,b\n1,inf\n2,3\n3,4\n4,5\n5,1\n");
  expect(readDataset(path, { missing: ["inf"] }).columns[1]!.missing).toBeCloseTo(1 / 3);
});

test("a device without an end is refused when the limit of a file is reached", () => {
  const path = join(folderWith({}), "zero.csv");
  symlinkSync("/dev/zero", path);
  expect(failureOf(path).message).toBe(
    `${path}: the file holds more than 500 MB (cut it into several files in a folder)`,
  );
});

test("a pipe is read to its end, whatever its size says", async () => {
  const path = join(folderWith({}), "pipe.csv");
  execFileSync("mkfifo", [path]);
  const writer = spawn("sh", ["-c", `printf 'a,b\\n${numbers.replaceAll("\n", "\\n")}\\n' > "$0"`, path]);
  expect(readDataset(path).columns.map(({ name }) => name)).toEqual(["a", "b"]);
  await once(writer, "close");
});

test("dates that cannot be read are to be written otherwise, not to be left out", () => {
  const rows = Array.from(
    { length: 100 },
    (_, i) => `31.04.2024 0${Math.floor(i / 60)}:${String(i % 60).padStart(2, "0")},${i % 7}`,
  );
  const path = fileWith("dates.csv", `when,x\n${rows.join("\n")}\n`);
  expect(failureOf(path, {}).message).toMatch(/write dates as 2024-05-01 12:30:00.*the option time: "when"/);
});
