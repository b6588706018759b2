/** Patterns in the place of files: `data/*.csv`, in quotes where a shell would expand it. */
import { existsSync } from "node:fs";
import { globSync } from "tinyglobby";
import { VrnnError } from "../errors.ts";
import { byName } from "./by-name.ts";
import { STDIN } from "./files-bytes.ts";

/** Signs that stand for any others. */
const WILD = /[*?[{]/;

/** Whether a path is a pattern: it has signs that stand for others, and nothing is called so itself. */
export const isPattern = (path: string): boolean => path !== STDIN && WILD.test(path) && !existsSync(path);

/**
 * The files that a pattern matches, by their names: `*` and `?` within a folder, `**` through folders, `{a,b}`, `[0-9]`.
 *
 * @throws VrnnError `data/missing-file` when there is none
 * @example
 * filesMatching("data/2024-*.csv"); // ["data/2024-1.csv", "data/2024-2.csv", "data/2024-10.csv"]
 */
export function filesMatching(pattern: string): string[] {
  const found = globSync(pattern, { expandDirectories: false }).sort(byName);
  if (found.length > 0) return found;
  throw new VrnnError("data/missing-file", "no file matches the pattern", {
    at: pattern,
    remedy: "check the folder and the signs: * is anything within a folder, ** goes through folders",
  });
}

/** The folder below which a pattern looks. @example placeOfPattern("data/b/x-*.csv"); // "data/b" */
export function placeOfPattern(pattern: string): string {
  const parts = pattern.split("/");
  const wild = parts.findIndex((part) => WILD.test(part));
  return parts.slice(0, wild).join("/") || (pattern.startsWith("/") ? "/" : ".");
}
