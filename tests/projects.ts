/** Which test files need the build: those that import `tests/built.ts`, themselves or through a helper. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const marker = join(root, "tests/built.ts");

const importsOf = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(/^(?:import|export)\b[^;]*?"(\.[^"]+)"/gms)]
    .map(([, target]) => join(dirname(file), target as string))
    .filter((target) => target.startsWith(join(root, "tests")) && existsSync(target));

/** A test file with all files of tests/ that it stands on. */
export function withHelpers(file: string, known = new Set<string>()): ReadonlySet<string> {
  if (known.has(file)) return known;
  known.add(file);
  for (const target of importsOf(file)) withHelpers(target, known);
  return known;
}

const testFiles = readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => join(root, "tests", file));

const needsBuild = (file: string): boolean => withHelpers(file).has(marker);
const paths = (files: readonly string[]) => files.map((file) => relative(root, file));

/** Test files of both projects, relative to the project's folder. */
export const projects = {
  unit: paths(testFiles.filter((file) => !needsBuild(file))),
  e2e: paths(testFiles.filter(needsBuild)),
};
