/** What the rows on text have in common beside what all scripts of rows have: data that lie in archives. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dataAt } from "../series/common.mjs";

export { dataAt, positionals, print, textOf, vrnn, work } from "../series/common.mjs";

/** Unpacks an archive of texts into the folder where the script was called, and gives the path of a file in it. */
export function unpacked(archive, file) {
  if (!existsSync(file)) execFileSync("tar", ["xzf", dataAt("text", archive), "--no-same-owner"]);
  return file;
}
