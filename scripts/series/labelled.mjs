/** What the rows of series have in common: data sets as long tables, the command line, intervals. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");
export const dist = (path) => import(join(root, "dist", path));
export const data = process.env.VRNN_DATA ?? join(root, "../shared/data");

/** A folder that nobody else writes to. */
export const scratch = () => mkdtempSync(join(tmpdir(), "vrnn-series-"));

/** Runs `vrnn`; with `--json` among the words its object. */
export function vrnn(folder, ...words) {
  const main = join(root, "dist/cli/main.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`vrnn ${words.join(" ")}\n${stderr}`);
  return words.includes("--json") ? JSON.parse(stdout) : stdout;
}

/** The sequences of a `.ts` file of sktime: names, labels and rows `[length][columns]`. */
export function readTs(name, split) {
  const path = join(data, "series/classification", name, `${name}_${split}.ts`);
  const [, body] = readFileSync(path, "latin1").split(/@data/i);
  return body
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line, i) => {
      const parts = line.split(":");
      const label = parts.pop();
      const columns = parts.map((part) => part.split(",").map(Number));
      return { name: `${split}${i}`, label, rows: columns[0].map((_, t) => columns.map((own) => own[t])) };
    });
}

/** Sequences as a long table. */
export function writeLong(path, sequences) {
  const columns = sequences[0].rows[0].map((_, d) => `c${d}`);
  const lines = sequences.flatMap(({ name, rows }) => rows.map((row, t) => [name, t, ...row].join(",")));
  writeFileSync(path, `id,t,${columns.join(",")}\n${lines.join("\n")}\n`);
}

/** Labels as `--labels` reads them. */
export const writeLabels = (path, sequences) =>
  writeFileSync(
    path,
    `sequence,label\n${sequences.map(({ name, label }) => `${name},${label}`).join("\n")}\n`,
  );

/** Sequences as the library has them in memory. */
export const inMemory = (sequences) =>
  sequences.map(({ name, rows }) => ({ name, length: rows.length, values: Float64Array.from(rows.flat()) }));

export const columnsOf = (sequences) =>
  sequences[0].rows[0].map((_, d) => ({ name: `c${d}`, kind: "real", levels: [] }));

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Uniform numbers by a seed (Mulberry32). */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 95 % of a mean by drawing items again, 2,000 times. */
export function bootstrap(values) {
  const random = uniform(1);
  const means = Array.from({ length: 2000 }, () =>
    mean(values.map(() => values[Math.floor(random() * values.length)])),
  ).sort((a, b) => a - b);
  return [means[50], means[1949]];
}
