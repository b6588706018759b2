/** Which file a list means: by its path from the list's folder, from the root, or by its end where the list comes from elsewhere. */
import { VrnnError } from "../../errors.ts";
import { listed } from "../../words/figures.ts";

/** A path without the ending that tells what kind of file it is. */
const stemOf = (path: string): string => path.replace(/\.[^./]+$/, "");

/** The files that may be meant. */
export class Recordings {
  private readonly root: string;
  private readonly byStem = new Map<string, string[]>();

  /** @param files by their paths from the root on @param root what the folder is called in errors */
  constructor(files: readonly string[], root: string) {
    this.root = root;
    for (const file of files) {
      const stem = stemOf(file);
      // All ends of a path, from the whole to its last name.
      for (let at = 0; at >= 0; at = stem.indexOf("/", at) + 1 || -1) {
        const end = stem.slice(at);
        this.byStem.set(end, [...(this.byStem.get(end) ?? []), file]);
      }
    }
  }

  /**
   * The file of a recording that a list names, with or without its ending.
   *
   * @param list the path of the list from the root on: what stands beside it goes first
   * @throws VrnnError `data/missing-file` where there is none, `data/ambiguous-file` where it may be several
   * @example
   * new Recordings(["feat/a/1.mfc", "feat/b/1.mfc"], "here").fileOf("a/1", "etc/train.fileids"); // "feat/a/1.mfc"
   */
  fileOf(place: string, list: string): string {
    const clean = place.replace(/^(\.?\/)+/, "");
    const folder = list.slice(0, list.lastIndexOf("/") + 1);
    const exact = [folder + clean, clean].flatMap((path) => this.whole(path));
    const found = exact.length > 0 ? exact.slice(0, 1) : this.ending(clean, place.startsWith("/"));
    if (found.length === 1) return found[0]!;
    if (found.length === 0) throw this.missing(place);
    throw new VrnnError("data/ambiguous-file", `"${place}" may be ${listed(found, 4)}`, {
      at: list,
      remedy: "name it by its path from the folder on",
    });
  }

  /** The file of just this path, with any ending where the path has none of its own. */
  private whole(path: string): string[] {
    const files = (this.byStem.get(stemOf(path)) ?? []).filter((file) => stemOf(file) === stemOf(path));
    const named = files.filter((file) => file === path);
    return named.length > 0 ? named : files;
  }

  /** Files that end so; of a path from another machine, its longest end that some file has. */
  private ending(path: string, isElsewhere: boolean): readonly string[] {
    const stem = stemOf(path);
    for (let at = 0; at >= 0; at = isElsewhere ? stem.indexOf("/", at) + 1 || -1 : -1) {
      const files = this.byStem.get(stem.slice(at));
      if (files !== undefined) return files;
    }
    return [];
  }

  private missing(place: string): VrnnError {
    return new VrnnError("data/missing-file", `there is no recording of "${place}"`, {
      at: this.root,
      remedy:
        "put it below the folder by that path (.wav, .flac, .mp3, .ogg or .mfc), or take it out of the list",
    });
  }
}
