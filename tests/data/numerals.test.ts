import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isNumeral, numeralOf } from "../../src/data/tables/numerals.ts";

const none = Number.NaN;

describe("a number as people write it", () => {
  test.each([
    ["1,100", 1100, 1.1, ""],
    ["1.234", 1.234, 1234, ""],
    ["18,0", none, 18, ""],
    ["0,500", none, 0.5, ""],
    ["0.500", 0.5, none, ""],
    ["1,234,567.5", 1234567.5, none, ""],
    ["1.234.567,5", none, 1234567.5, ""],
    ["1 000", 1000, 1000, ""],
    ["1\u202f000,5", none, 1000.5, ""],
    ["1'000.50", 1000.5, none, ""],
    ["$1,100.00", 1100, none, "$"],
    ["-$5", -5, -5, "$"],
    ["(1,100.00)", -1100, none, ""],
    ["1.234,56 €", none, 1234.56, "€"],
    ["45 %", 45, 45, "%"],
    ["2000 MiB", 2000, 2000, "MiB"],
    ["45.3MiB", 45.3, none, "MiB"],
    ["20°C", 20, 20, "°C"],
    ["3 m3/s", 3, 3, "m3/s"],
    ["5 W/m2", 5, 5, "W/m2"],
    ["12 µg/m³", 12, 12, "µg/m³"],
    ["1.234.567.890", none, 1234567890, ""],
    ["1.256.100.100", none, 1256100100, ""],
    ["−5", -5, -5, ""],
    ["0x1F", 31, 31, ""],
    ["1,5e3", none, 1500, ""],
    ["1,23,456.50", 123456.5, none, ""],
    ["12,34,56,789", 123456789, none, ""],
    ["123-", -123, -123, ""],
    ["1.234,50-", none, -1234.5, ""],
    ["٢٠٫٢٥", 20.25, none, ""],
    ["۱٬۲۳۴", 1234, 1.234, ""],
    ["१२३", 123, 123, ""],
    ["２０．２５", 20.25, none, ""],
    ["USD 1,200.50", 1200.5, none, "USD"],
    ["Rs. 500", 500, 500, "Rs."],
    ["R$ 1.234,56", none, 1234.56, "R$"],
    ["US$5", 5, 5, "US$"],
  ])("%s", (text, point, comma, unit) => {
    expect(numeralOf(text)).toEqual({ point, comma, unit });
  });

  test.each([
    "",
    "idle",
    "3A",
    "12:30",
    "1970 Q1",
    "28.04.2024",
    "192.168.1.1",
    "192.168.100.100",
    "255.255.255.255",
    "12 am",
    "1 bed",
    "2 rooms",
    "1 day/bed",
    "1,2,3",
    "1 2",
    "$",
    "--5",
    "5A",
    "5ab",
    "1..2",
    "5 5",
    "-5-",
    "1,23,45",
    "12,3,456",
  ])("%j is none", (text) => {
    expect(numeralOf(text)).toBeUndefined();
  });

  test("plain decimals are not among them", () => {
    expect(isNumeral("1.5")).toBe(false);
    expect(isNumeral("1,5")).toBe(true);
    expect(isNumeral("5 MiB")).toBe(true);
    expect(isNumeral("2 rooms")).toBe(false);
    expect(isNumeral("2 B")).toBe(false);
  });

  test.each([
    ...["1.25M", "850.5K", "52.5200N", "13.41E", "<0.05", "5.0*", "kr 12,50", "1,234.5x"],
    ...[
      "1¢",
      "5 ₴",
      "'5",
      "<5",
      "~ 5",
      "5*",
      "1:23.456",
      "00:12:30",
      "5.5±0.1",
      "52°30'15",
      "N 52° 30.5'",
      "1 3/8",
    ],
  ])("%s measures something, though no rule reads it", (text) => {
    expect(isNumeral(text)).toBe(true);
  });

  test.each([
    ...["v1.2.3", "1.2.3", "192.168.2.1", "0-9", "3/4", "18-25", "Q1", "level 5", "5A", "12 Jan 2024", "#5"],
    ...["2024-05-01", "a.b", "1.5-2.5", "x".repeat(100)],
  ])("%s may be a name", (text) => {
    expect(isNumeral(text)).toBe(false);
  });

  const value = fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((hundredths) => hundredths / 100);

  test("is read back in English and German notation, with money and shares", () => {
    const notations = fc.constantFrom(
      { locale: "en-US", mark: "point" as const },
      { locale: "de-DE", mark: "comma" as const },
      { locale: "fr-FR", mark: "comma" as const },
      { locale: "de-CH", mark: "point" as const },
    );
    const units = fc.constantFrom(["", ""], ["$", ""], ["", " €"], ["", " %"], ["", " km/h"]);
    fc.assert(
      fc.property(value, notations, units, (number, { locale, mark }, [before, after]) => {
        const text = Math.abs(number).toLocaleString(locale, { minimumFractionDigits: 2 });
        const sign = number < 0 ? "-" : "";
        expect(numeralOf(`${sign}${before}${text}${after}`)![mark]).toBe(number);
      }),
    );
  });

  test("takes no longer for long texts", () => {
    expect(numeralOf("1".repeat(100_000))).toBeUndefined();
    expect(numeralOf(`${"1,".repeat(50_000)}x`)).toBeUndefined();
  });
});
