/**
 * The compiled code, for tests that run it as others will: a process of its own, the package by its name. A test file
 * that imports this one (or a helper that does) belongs to the project `e2e`, which begins every file with this module.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** The first source whose compiled file is missing or older, if any. */
function staleSource(): string | undefined {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  return sources
    .filter((file) => file.endsWith(".ts"))
    .find((file) => {
      const compiled = statSync(built(file.replace(/\.ts$/, ".js")), { throwIfNoEntry: false });
      return compiled === undefined || compiled.mtimeMs < statSync(join(root, "src", file)).mtimeMs;
    });
}

/** The path of a compiled file, as `built("cli/main.js")`. */
export function built(file: string): string {
  return join(root, "dist", file);
}

const stale = staleSource();
if (stale !== undefined) throw new Error(`dist/ is older than src/${stale}: npm run build`);
