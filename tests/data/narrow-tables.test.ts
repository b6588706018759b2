import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { built } from "../built.ts";
import { fileWith } from "./temporary.ts";

interface Reading {
  /** The most bytes that the process ever held. */
  readonly peak: number;
  readonly steps: number;
}

/**
 * What a process of its own finds in a text, and how much memory it takes: the least of three, as the collector leaves garbage
 * standing for as long as it likes, longer where other work keeps its threads from running. What is needed is in each of them.
 */
function reading(text: string, name = "narrow.csv"): Reading {
  const script = `
    const { readDataset } = await import(process.argv[1]);
    const { splits } = readDataset(process.argv[2], { split: [1, 0, 0] });
    const steps = splits.train.reduce((sum, { length }) => sum + length, 0);
    console.log(JSON.stringify({ peak: process.resourceUsage().maxRSS * 1024, steps }));`;
  const args = ["--input-type=module", "-e", script, built("node.js"), fileWith(name, text)];
  const once = (): Reading => JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  return [once(), once(), once()].reduce((least, each) => (each.peak < least.peak ? each : least));
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
