import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Where packages of rivals are looked for: they are no dependencies of the project. */
const folder = process.env.VRNN_RIVALS ?? join(import.meta.dirname, "../..");
const require = createRequire(join(folder, "package.json"));

/** Whether a package is there. */
export function isInstalled(name) {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

export const load = (name) => import(pathToFileURL(require.resolve(name)).href);

/** The folder of a package's main file. */
export const placeOf = (name) => join(require.resolve(name), "..");

export const versionOf = (name) =>
  JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;
