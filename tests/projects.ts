/** Which test files need the build and which are slow: those that import `tests/built.ts` or `tests/slow.ts`, themselves or through a helper. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const [built, slow] = [join(root, "tests/built.ts"), join(root, "tests/slow.ts")];

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

const needsBuild = (file: string): boolean => withHelpers(file).has(built);
const isSlow = (file: string): boolean => !needsBuild(file) && withHelpers(file).has(slow);
const paths = (files: readonly string[]) => files.map((file) => relative(root, file));

/** Test files of the projects, relative to the project's folder. */
export const projects = {
  unit: paths(testFiles.filter((file) => !needsBuild(file) && !isSlow(file))),
  slow: paths(testFiles.filter(isSlow)),
  e2e: paths(testFiles.filter(needsBuild)),
};
