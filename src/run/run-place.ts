/** Whether a run is where one was looked for; where none is, what is there instead. */
import { existsSync, readdirSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { STDIN } from "../data/files-bytes.ts";
import { isPattern, placeOfPattern } from "../data/files-patterns.ts";
import { VrnnError } from "../errors.ts";
import { listed } from "../words/figures.ts";
import { didYouMean } from "../words/nearest.ts";
import { cannotRead, errorCode } from "./file-errors.ts";

/** So many runs are named that lie in a folder. */
const MOST_NAMED = 3;

/**
 * Makes sure that a path is a folder with a certain file in it.
 *
 * @param config the file that makes a folder a run
 * @throws VrnnError `run/missing` where nothing is, a file, or another folder; `file/read` where it cannot be seen.
 */
export function requireRun(path: string, config: string): void {
  const present = statOf(path);
  if (present === undefined) throw noRun(path, "no such folder", nearby(path, config));
  if (!present.isDirectory())
    throw noRun(
      path,
      "this is a file",
      "give a folder that vrnn train wrote; data are named by an option, --data",
    );
  if (statOf(join(path, config)) !== undefined) return;
  const inside = runsIn(path, config);
  throw noRun(
    path,
    `the folder holds no ${config}`,
    inside.length === 0 ? USUAL : `there is one in ${listed(inside, MOST_NAMED)}`,
  );
}

const USUAL = "give a folder that vrnn train wrote";

const noRun = (at: string, why: string, remedy: string): VrnnError =>
  new VrnnError("run/missing", `there is no run here: ${why}`, { at, remedy });

/** The run that was most likely meant by a path at which nothing is. */
const nearby = (path: string, config: string): string => {
  const folder = dirname(path);
  const names = runsIn(folder, config).map((run) => basename(run));
  return didYouMean(basename(path), names, {
    otherwise: USUAL,
    shown: (meant) => `"${join(folder, meant)}"`,
  });
};

/** The runs that lie in a folder, if it can be read. */
function runsIn(folder: string, config: string): string[] {
  try {
    const paths = readdirSync(folder).map((name) => join(folder, name));
    return paths.filter((path) => existsSync(join(path, config))).sort();
  } catch {
    return [];
  }
}

/** What says that nothing is at a path: its name may be no name. */
const ABSENT: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP"]);

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (cause) {
    if (ABSENT.has(errorCode(cause))) return undefined;
    throw cannotRead(path, cause);
  }
}

/**
 * What a folder is called that is made for some data.
 *
 * @param path of the data: a file, a folder, a pattern, stdin
 * @example
 * nameOfData("data/airline.csv"); // "airline"
 */
export const nameOfData = (path: string): string => (path === STDIN ? "stdin" : placeName(path));

const placeName = (path: string): string =>
  basename(resolve(isPattern(path) ? placeOfPattern(path) : path)).split(".")[0] || "run";
