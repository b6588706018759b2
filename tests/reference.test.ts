/** The reference in docs/reference is what the docstrings say now, and nothing public is without one. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { scratchFolder } from "./run/scratch.ts";
import "./slow.ts";

const root = join(import.meta.dirname, "..");
const generator = join(root, "docs/generator");
const scratch = scratchFolder();

const pagesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );

test("the reference is current: npm run reference writes it", async () => {
  // The generator ends with an error where anything public lacks a docstring, or names a type that is not public.
  const typedoc = join(generator, "node_modules/typedoc/bin/typedoc");
  await promisify(execFile)(process.execPath, [typedoc, "--out", scratch], { cwd: generator });
  expect(pagesOf(scratch)).toEqual(pagesOf(join(root, "docs/reference")));
});
