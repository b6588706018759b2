/** What is read of AN4 (Carnegie Mellon University, 1991) as it is kept: an archive with transcripts and a dictionary. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A text of the archive of AN4. @param folder the folder of data sets @param name such as `etc/an4.dic` */
export function an4Text(folder: string, name: string): string {
  const bytes = gunzipSync(readFileSync(join(folder, "speech", "an4.tar.gz")));
  const text = (from: number, to: number) => bytes.subarray(from, to).toString("latin1");
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    if (
      text(at, at + 100)
        .replace(/\0.*$/s, "")
        .endsWith(name)
    )
      return text(at + 512, at + 512 + size);
    at += 512 * (1 + Math.ceil(size / 512));
  }
  throw new Error(`no ${name} in the archive`);
}

/** The words of each utterance of a transcript file. */
export const an4Sentences = (folder: string, split: "train" | "test"): string[][] =>
  an4Text(folder, `etc/an4_${split}.transcription`)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) =>
      line
        .replace(/\([^()]*\)\s*$/, "")
        .split(/\s+/)
        .filter((word) => word !== "" && word !== "<s>" && word !== "</s>"),
    );
