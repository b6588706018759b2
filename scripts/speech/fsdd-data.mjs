/** The Free Spoken Digit Dataset (Jackson et al., CC BY-SA 4.0) as a folder with a list, from its archive in the folder of data sets. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeWav } from "../../dist/data/audio/wav.js";

/** By what each digit is called, how that may be said, in the phones of CMU's dictionary. */
const DIGITS = {
  zero: ["Z IH R OW", "Z IY R OW"],
  one: ["W AH N", "HH W AH N"],
  two: ["T UW"],
  three: ["TH R IY"],
  four: ["F AO R"],
  five: ["F AY V"],
  six: ["S IH K S"],
  seven: ["S EH V AH N"],
  eight: ["EY T"],
  nine: ["N AY N"],
};
const NAMES = Object.keys(DIGITS);

/** The speakers, each of whom says every digit fifty times. */
export const SPEAKERS = ["george", "jackson", "lucas", "nicolas", "theo", "yweweler"];

/**
 * Unpacks the recordings and writes `manifest.csv` (path, text, speaker, split) and `digits.dic`, how they are said.
 *
 * @param target the folder that is made
 * @param test `takes`: takes 0 to 4 of all speakers test, as its authors have it, and 5 to 9 validate; or the name of a speaker who
 *   tests alone, and takes 5 to 9 of the others validate
 * @returns the path of the folder
 * @example
 * fsddFolder("fsdd", { test: "takes" }); // 2,400 train, 300 validate, 300 test
 */
export function fsddFolder(target, { test = "takes", archive = archivePath() } = {}) {
  mkdirSync(target, { recursive: true });
  if (!existsSync(join(target, "recordings"))) execFileSync("tar", ["-xzf", archive, "-C", target]);
  const rows = readdirSync(join(target, "recordings"))
    .map((file) => ({ file, found: /^(\d)_([a-z]+)_(\d+)\.wav$/.exec(file) }))
    .filter(({ found }) => found !== null)
    .map(({ file, found: [, digit, speaker, take] }) => ({
      path: `recordings/${file}`,
      text: NAMES[Number(digit)],
      speaker,
      split: splitOf(speaker, Number(take), test),
    }));
  if (test !== "takes" && rows.every(({ split }) => split !== "test"))
    throw new Error(`no speaker is called ${test}`);
  const lines = rows.map(({ path, text, speaker, split }) => [path, text, speaker, split].join(","));
  writeFileSync(join(target, "manifest.csv"), `${["path,text,speaker,split", ...lines].join("\n")}\n`);
  writeFileSync(join(target, "digits.dic"), `${dictionary().join("\n")}\n`);
  return target;
}

/**
 * The recordings of a folder with a list.
 *
 * @param split all of them unless told
 * @returns of each `path`, `text`, `speaker` and `samples`, from -1 to 1
 */
export function recordingsIn(folder, split) {
  const [, ...rows] = readFileSync(join(folder, "manifest.csv"), "utf8").trim().split("\n");
  return rows
    .map((row) => row.split(","))
    .filter((row) => split === undefined || row[3] === split)
    .map(([path, text, speaker]) => {
      const [samples] = decodeWav(readFileSync(join(folder, path)), path).channels;
      return { path, text, speaker, samples };
    });
}

const dictionary = () =>
  Object.entries(DIGITS).flatMap(([word, ways]) =>
    ways.map((phones, i) => `${word}${i > 0 ? `(${i + 1})` : ""} ${phones}`),
  );

const archivePath = () => join(process.env.VRNN_DATA ?? "data", "speech", "fsdd_recordings.tar.gz");

function splitOf(speaker, take, test) {
  if (test === "takes" ? take < 5 : speaker === test) return "test";
  return take >= 5 && take < 10 ? "valid" : "train";
}
