/** What the rows on text have in common: data unpacked into the folder where the script was called, the command line, a row. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "../..");
const { values: said, positionals } = parseArgs({
  options: { json: { type: "boolean" }, seed: { type: "string" } },
  allowPositionals: true,
});

export { positionals };
export const seed = said.seed ?? "1";

/** Unpacks an archive of texts, and gives the path of a file in it. */
export function unpacked(archive, file) {
  if (!existsSync(file)) {
    const from = join(process.env.VRNN_DATA ?? "data", "text", archive);
    execFileSync("tar", ["xzf", from, "--no-same-owner"]);
  }
  return file;
}

/** What a command prints as JSON. */
export function vrnn(...words) {
  const options = { encoding: "utf8", maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "inherit"] };
  const main = join(root, "dist/cli/main.js");
  const text = execFileSync("node", [main, ...words.map(String), "--json"], options);
  return JSON.parse(text.trim().split("\n").at(-1));
}

const began = performance.now();

/** Prints what was found, with the seconds that it took. */
export function print(found) {
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  console.log(JSON.stringify({ ...found, seconds }, null, said.json ? undefined : 2));
}
