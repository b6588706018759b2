/**
 * Runs an example on any version of Node:
 *
 *     node scripts/example.mjs 25-frames [--json]
 *
 * With --json it prints, after all that the example prints, an object of the figures in it: `figures`, a list of
 * `{ name, value }` with one for each line `name: value …`.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
const [name] = positionals;
if (name === undefined) throw new Error("node scripts/example.mjs NAME, such as 25-frames");

/** Beside the sources, so that the library is found by its own name. */
const folder = join(root, "out");
const file = join(folder, `${name}-${process.pid}.mjs`);

const lines = [];
const log = console.log;
console.log = (line, ...rest) => {
  lines.push(String(line));
  log(line, ...rest);
};

mkdirSync(folder, { recursive: true });
try {
  await build({
    entryPoints: [join(root, "examples", `${name}.ts`)],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    // What examples find beside themselves, such as data, they find from there too: `out` is as deep as `examples`.
  });
  await import(pathToFileURL(file));
} finally {
  rmSync(file, { force: true });
}

if (values.json) {
  const figures = lines.flatMap((line) => {
    const [, words, number] = /^(.*?): (-?\d+(?:\.\d+)?)/.exec(line) ?? [];
    return number === undefined ? [] : [{ name: words, value: Number(number) }];
  });
  log(JSON.stringify({ figures }));
}
