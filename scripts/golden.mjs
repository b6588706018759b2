/**
 * Proves that a change of the code changes no number. On the commit before, and then on the one after, each built:
 *
 *     node scripts/golden.mjs record /tmp/golden.json
 *     node scripts/golden.mjs check /tmp/golden.json
 *
 * `check` computes everything again, compares every number bit for bit and tells each array that differs, with the
 * largest absolute and relative difference; it ends with 1 if one does. `summary` prints a few numbers of each case, for
 * `tests/golden.test.ts`. Options: `--build <folder>` takes the build of another checkout (and its `scripts/golden/api.mjs`,
 * which knows the names of its commit), `--only <words>` the cases with these words in their name.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { compute } from "./golden/compute.mjs";
import { compareValues, readValues, writeValues } from "./golden/file.mjs";
import { summaryOf } from "./golden/summary.mjs";

const here = resolve(import.meta.dirname, "..");

const commands = {
  record: async (file) => writeValues(file, await computed()),
  check: async (file) => {
    const before = Object.entries(readValues(file)).filter(([name]) =>
      name.split(" | ", 1)[0].includes(only),
    );
    const { differences, renamed } = compareValues(Object.fromEntries(before), await computed());
    for (const line of renamed) console.error(line);
    for (const line of differences) console.log(line);
    console.error(`${before.length} arrays, ${differences.length} differ`);
    process.exitCode = differences.length > 0 ? 1 : 0;
  },
  summary: async () => console.log(summaryOf(await computed())),
};

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    build: { type: "string", default: here },
    only: { type: "string", default: "" },
  },
});
const [command, file] = positionals;
const { build, only } = options;

/** All numbers, computed by the build. */
async function computed() {
  const own = join(resolve(build), "scripts/golden/api.mjs");
  const adapter = existsSync(own) ? own : join(here, "scripts/golden/api.mjs");
  const { load } = await import(pathToFileURL(adapter).href);
  return compute(await load(build), { only, tell: console.error });
}

if (!Object.hasOwn(commands, command) || (command !== "summary" && file === undefined)) {
  console.error(
    "usage: node scripts/golden.mjs record|check <file> | summary [--build <folder>] [--only <words>]",
  );
  process.exitCode = 2;
} else await commands[command](file);
