import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { built } from "../built.ts";
import { fileWith } from "./temporary.ts";

/** The most bytes that a process of its own ever holds which reads a text, and how many steps it finds. */
function reading(text: string, name = "narrow.csv"): { readonly peak: number; readonly steps: number } {
  const script = `
    const { readDataset } = await import(process.argv[1]);
    const { splits } = readDataset(process.argv[2], { split: [1, 0, 0] });
    const steps = splits.train.reduce((sum, { length }) => sum + length, 0);
    console.log(JSON.stringify({ peak: process.resourceUsage().maxRSS * 1024, steps }));`;
  const args = ["--input-type=module", "-e", script, built("node.js"), fileWith(name, text)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

const table = (header: string, rows: number, row: (i: number) => string): string =>
  `${header}\n${Array.from({ length: rows }, (_, i) => `${row(i)}\n`).join("")}`;

const digit = (i: number) => (i * 7919) % 10;
const LEVELS = ["abc", "def", "ghi"];

test.each([
  ["one column of digits", table("x", 8_000_000, (i) => String(digit(i)))],
  ["two", table("x,y", 4_000_000, (i) => `${digit(i)},${digit(i >> 3)}`)],
  ["levels in quotes", table("x,s", 2_000_000, (i) => `${digit(i)},"${LEVELS[i % 3]}"`)],
])("%s take at most 12 times their text", (_, text) => {
  const own = reading("x\n1\n2\n").peak;
  const { peak, steps } = reading(text);
  expect(steps).toBe(text.split("\n").length - 2);
  expect((peak - own) / text.length).toBeLessThan(12);
});

test("a value a line of JSON likewise, and lines of nothing", () => {
  const own = reading("x\n1\n2\n").peak;
  for (const text of [
    Array.from({ length: 1_500_000 }, (_, i) => `{"x":${digit(i)}}\n`).join(""),
    `{"x":1}\n{"x":2}\n${"{}\n".repeat(3_000_000)}`,
  ]) {
    const { peak, steps } = reading(text, "narrow.jsonl");
    expect(steps).toBe(text.split("\n").length - 1);
    expect((peak - own) / text.length).toBeLessThan(16);
  }
});
