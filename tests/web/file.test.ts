import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { tokenUnitOf } from "../../src/data/text/names.ts";
import { datasetFromFile } from "../../src/web/file.ts";
import { datasetFromText } from "../../src/web/text.ts";
import { textFromFile } from "../../src/web/text-file.ts";

const hundred = (row: (i: number) => string): string =>
  Array.from({ length: 100 }, (_, i) => row(i)).join("\n");

const texts: Readonly<Record<string, string>> = {
  "plain.csv": `cpu,state\n${hundred((i) => `${i / 8},${i % 3 === 0 ? "idle" : "busy"}`)}\n`,
  "semicolons.csv": `cpu;state\r\n${hundred((i) => `${i},5;${i % 2}`)}\r\n`,
  "one column.csv": `cpu\n${hundred((i) => (i % 10 === 3 ? "" : String(i)))}\n\n\n`,
  "blanks.csv": `cpu load\n${hundred((i) => `${i}   ${i / 4}`)}\n`,
  "tabs.tsv": `cpu\tstate\n${hundred((i) => `${i / 8}\t${i % 2}`)}\n`,
  "quotes.csv": `cpu,"the ""state"", told"\n${hundred((i) => `${i / 8},"${i % 3 === 0 ? "idle,\nasleep" : "busy"}"`)}\n`,
  "quotes.tsv": `"cpu"\t"state"\n${hundred((i) => `"${i / 8}"\t${i % 2}`)}\n`,
  "lines.jsonl": `${hundred((i) => JSON.stringify({ cpu: i / 8, state: i % 2 === 0 ? "idle" : "busy" }))}\n`,
  "rows.json": JSON.stringify(Array.from({ length: 100 }, (_, i) => ({ cpu: i / 8 }))),
};

const fileOf = (name: string, content: string | Uint8Array<ArrayBuffer>): File => new File([content], name);

const messageOf = async (read: () => unknown): Promise<string> => {
  try {
    await read();
  } catch (error) {
    return (error as Error).message;
  }
  return "read";
};

describe("a file, whose readers are loaded when it asks for them, is read as the text that all readers await", () => {
  test.each(Object.entries(texts))("%s", async (name, text) => {
    const read = await datasetFromFile(fileOf(name, text));
    expect(read.splits.train[0]!.values.length).toBeGreaterThan(0);
    expect(read).toEqual(datasetFromText(text, name));
  });

  test("compressed, with fields in quotes", async () => {
    const name = "quotes.csv";
    const text = texts[name]!;
    const packed = new Uint8Array(gzipSync(text));
    const read = await datasetFromFile(fileOf(`${name}.gz`, packed));
    expect(read.splits).toEqual(datasetFromText(text, name).splits);
  });

  test.each([
    ["unclosed.csv", 'a,b\n1,"2\n3,4\n', "a quote is opened and never closed"],
    ["ragged.csv", "a,b\n1,2\n3\n", "the row has 1 field, the header 2"],
    ["empty.csv", " \n", "the file is empty"],
    ["broken.jsonl", '{"a": 1}\n{"a": \n', "broken.jsonl:2"],
    ["table.parquet", "PAR1", ".csv, .tsv, .jsonl, .ndjson, .npy, .ts, .ucr, .mid"],
  ])("%s is refused in the same words", async (name, text, words) => {
    const said = await messageOf(() => datasetFromFile(fileOf(name, text)));
    expect(said).toContain(words);
    expect(said).toBe(await messageOf(() => datasetFromText(text, name)));
  });
});

describe("a text", () => {
  const options = { unit: tokenUnitOf("chars") };
  const letters = "Grüße an Dora\n".repeat(20);

  test("in UTF-16 with a mark is the same as in UTF-8", async () => {
    const utf16 = Buffer.from(`\ufeff${letters}`, "utf16le");
    const [wide, plain] = await Promise.all([
      textFromFile(fileOf("a.txt", new Uint8Array(utf16)), options),
      textFromFile(fileOf("a.txt", letters), options),
    ]);
    expect(wide).toEqual(plain);
  });

  test("with a byte that is no UTF-8 is refused, and not learned as a sign of its own", async () => {
    const latin1 = new Uint8Array(Buffer.from(letters, "latin1"));
    await expect(textFromFile(fileOf("a.txt", latin1), options)).rejects.toThrow(
      "a.txt: no UTF-8 text: there is an invalid byte",
    );
  });
});
