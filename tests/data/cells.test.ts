import { describe, expect, test } from "vitest";
import { cellReader, parseDate } from "../../src/data/tables/cells.ts";

describe("cellReader", () => {
  const cells = cellReader(["-999", "n.d."]);

  test.each([
    ["1.50", 1.5],
    [" -3e2 ", -300],
    [".5", 0.5],
    ["5.", 5],
    ["NaN", Number.NaN],
    ["", Number.NaN],
    ["?", Number.NaN],
    ["N.D.", Number.NaN],
    ["-999.0", Number.NaN],
    ["1e999", Number.POSITIVE_INFINITY],
    ["-inf", Number.POSITIVE_INFINITY],
    ["0x10", "0x10"],
    ["1 2", "1 2"],
    ["nano", "nano"],
  ])("reads %j as %s", (text, cell) => {
    expect(cells.text(text)).toBe(cell);
  });
});

describe("parseDate", () => {
  test.each([
    ["2024-05", Date.UTC(2024, 4, 1)],
    ["2024-05-02", Date.UTC(2024, 4, 2)],
    ["2024-05-02T03:04", Date.UTC(2024, 4, 2, 3, 4)],
    ["2024-05-02 03:04:05.25", Date.UTC(2024, 4, 2, 3, 4, 5, 250)],
    ["2024-05-02T03:04:05Z", Date.UTC(2024, 4, 2, 3, 4, 5)],
    ["2024-05-02 03:04:05+02:00", Date.UTC(2024, 4, 2, 1, 4, 5)],
    ["2024-05-02 03:04:05-0130", Date.UTC(2024, 4, 2, 4, 34, 5)],
    ["2024-13-01", Number.NaN],
    ["May 2024", Number.NaN],
    ["1970 Q1", Number.NaN],
  ])("%s", (text, milliseconds) => {
    expect(parseDate(text)).toBe(milliseconds);
  });
});
