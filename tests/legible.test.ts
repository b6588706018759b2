import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VrnnError } from "../src/errors.ts";
import { LONGEST_MESSAGE, oneLine, shortened, visible } from "../src/legible.ts";

test("what moves a cursor or turns the direction is written out, letters of all scripts stay", () => {
  expect(visible("a\u001b[31mb\u202ec\u0085")).toBe("a\\u001b[31mb\\u202ec\\u0085");
  expect(visible("Fälle °C 温度 😀 é́")).toBe("Fälle °C 温度 😀 é́");
  expect(oneLine("  a\r\n\tb\u2028c\u0000 ")).toBe("a b c\\u0000");
});

test("a run of blanks takes no longer than it is long", () => {
  const text = `x${" ".repeat(1_000_000)}y`;
  const start = process.cpuUsage().user;
  expect(oneLine(text)).toBe("x y");
  expect(process.cpuUsage().user - start).toBeLessThan(1_000_000);
});

describe("texts are cut to fit together", () => {
  test("the longest first, in the middle", () => {
    expect(shortened(["cpu.csv:7", "a".repeat(30)], 20)).toEqual(["cpu.csv:7", "aaaaa…aaaaa"]);
    expect(shortened(["abc", "def"], 6)).toEqual(["abc", "def"]);
  });

  test("whatever they are", () => {
    const texts = fc.array(fc.string({ maxLength: 200 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 20, max: 300 }), (given, most) => {
        const cut = shortened(given, most);
        const total = given.reduce((sum, { length }) => sum + length, 0);
        if (total <= most) expect(cut).toEqual(given);
        expect(cut.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(most);
        expect(cut.every((text, i) => text === given[i] || text.includes("…"))).toBe(true);
      }),
    );
  });
});

test("an error is one line of bounded length, whatever it quotes, and keeps its remedy", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 5_000 }), (quoted) => {
      const error = new VrnnError("data/x", `"${quoted}" is no number`, {
        at: "cpu.csv:7",
        remedy: "mend it",
      });
      expect(error.message.length).toBeLessThanOrEqual(LONGEST_MESSAGE);
      expect(visible(error.message)).toBe(error.message);
      expect([error.message.startsWith("cpu.csv:7: "), error.message.endsWith(" (mend it)")]).toEqual([
        true,
        true,
      ]);
    }),
  );
});
