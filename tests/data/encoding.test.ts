import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { fileWith } from "./temporary.ts";

const csv = `zeit,größe\r\n${Array.from({ length: 30 }, (_, i) => `${i},${(i * 7) % 11}`).join("\r\n")}\r\n`;

function utf16(text: string, isLittle: boolean, mark = "\ufeff"): Uint8Array {
  const units = `${mark}${text}`;
  const bytes = new DataView(new ArrayBuffer(2 * units.length));
  for (let i = 0; i < units.length; i++) bytes.setUint16(2 * i, units.charCodeAt(i), isLittle);
  return new Uint8Array(bytes.buffer);
}

describe("text in UTF-16", () => {
  test.each([
    ["little", true],
    ["big", false],
  ])("with the mark of %s endian is what UTF-8 would be", (_, isLittle) => {
    const { columns, splits } = readDataset(fileWith("a.csv", utf16(csv, isLittle)));
    const expected = readDataset(fileWith("a.csv", csv));
    expect(columns).toEqual(expected.columns);
    expect(splits).toEqual(expected.splits);
  });

  test("without it is named", () => {
    expect(() => readDataset(fileWith("a.csv", utf16("a,b\n1,2\n3,4\n", true, "")))).toThrow(
      /NUL byte \(it looks like UTF-16 without its mark/,
    );
  });

  test("cut within a character is refused", () => {
    const bytes = utf16(csv, true);
    expect(() => readDataset(fileWith("a.csv", bytes.subarray(0, bytes.length - 1)))).toThrow(
      /begins as UTF-16/,
    );
  });
});

test.each([
  ["a zip archive", [0x50, 0x4b, 3, 4]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
])("%s is named", (name, bytes) => {
  expect(() => readDataset(fileWith("a.csv", Uint8Array.from([...bytes, 0, 0, 7])))).toThrow(name);
});
