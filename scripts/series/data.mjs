/** What the scripts of this folder share: data sets as files that vrnn reads, and vrnn itself. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { parseNpy } from "../../dist/data/arrays/npy.js";

export const root = resolve(import.meta.dirname, "../..");

/** The folder of data sets. */
export const seriesAt = (...parts) =>
  join(process.env.VRNN_DATA ?? resolve(root, "../shared/data"), "series", ...parts);

/** Does something in a folder of its own, which is gone afterwards. */
export async function inScratch(act) {
  const folder = mkdtempSync(join(tmpdir(), "vrnn-series-"));
  try {
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const run = promisify(execFile);

/** Runs vrnn and gives the JSON object that it prints. */
export async function vrnn(...args) {
  const { stdout } = await run(process.execPath, [join(root, "dist/cli/main.js"), ...args, "--json"], {
    maxBuffer: 1 << 30,
  });
  return JSON.parse(stdout);
}

/** An array of numbers as numpy saves it, gzipped or not: its shape and its numbers, row by row. */
export function readNpy(path) {
  const raw = readFileSync(path);
  return parseNpy(path.endsWith(".gz") ? gunzipSync(raw) : raw, path);
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What is said after a name on the command line: --seed 2. */
export const said = (name, usual) => {
  const place = process.argv.indexOf(`--${name}`);
  return place < 0 ? usual : process.argv[place + 1];
};

/** The rest of the line after --, handed on to vrnn train. */
export const furtherOptions = () => {
  const place = process.argv.indexOf("--");
  return place < 0 ? [] : process.argv.slice(place + 1);
};
