import { describe, expect, test } from "vitest";
import { cellReader } from "../../src/data/tables/cells.ts";

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
