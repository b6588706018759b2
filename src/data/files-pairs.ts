/** Pairs of texts from a table, from two files side by side, or from a folder of them. */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { VrnnError } from "../errors.ts";
import { listed } from "../words/figures.ts";
import type { SplitName } from "./dataset.ts";
import type { FieldDataset } from "./field-dataset.ts";
import { readText, statusOf } from "./files-bytes.ts";
import { TEXT_FORMS } from "./files-text.ts";
import { endingOf } from "./formats.ts";
import { splitOfName } from "./split-names.ts";
import { type FoundPairs, type PairSides, pairedLines, parsePairs, requireTwo } from "./text/pairs.ts";
import { pairDataset } from "./text/pairs-dataset.ts";
import type { TextOptions } from "./text/text-dataset.ts";
import type { TextForm } from "./text/text-rows.ts";

/**
 * A data set of pairs of texts. A table (`.csv`, `.tsv`, `.jsonl`) holds both sides as columns. A folder holds a file for each
 * side, `train.en` and `train.de`, or one pair of them for each split; any other file is one side, and the other lies beside it.
 * Files may be compressed (`.gz`).
 *
 * @throws VrnnError `data/...` with the file and line
 * @example
 * readPairs("fra.tsv", { source: 0, target: 1 }, { unit: "subwords", most: 8000 });
 * readPairs("multi30k", { source: "en", target: "de" }, { unit: "subwords", most: 8000 });
 */
export function readPairs(
  path: string,
  sides: PairSides,
  { form, ...options }: TextOptions & { readonly form?: TextForm | undefined },
): FieldDataset {
  const { pairs, notes } = foundPairs(path, sides, form);
  const data = pairDataset(pairs, path, options);
  const first = pairs.find(({ split }) => split === undefined || split === "train") ?? pairs[0];
  const shown = first
    ? [`the first pair: “${beginningOf(first.source)}” → “${beginningOf(first.target)}”`]
    : [];
  return { ...data, notes: [...notes, ...shown, ...data.notes] };
}

function foundPairs(
  path: string,
  sides: PairSides,
  form: TextForm | undefined = TEXT_FORMS[endingOf(path)],
): FoundPairs {
  if (statusOf(path).isDirectory()) return pairsOfFolder(path, sides);
  if (form !== undefined) return parsePairs(readText(path), path, form, sides);
  return pairsBeside(path, sides);
}

/** So many characters of a text are shown. */
const MOST_SHOWN = 60;
const beginningOf = (text: string): string =>
  text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;

/** A file of one side: what it is called, and of which side it is. */
interface SideFile {
  readonly path: string;
  /** Its name without the side. */
  readonly stem: string;
  readonly side: string;
}

const SIDE = /^(.+)\.([^.]+)$/;

function sideFileOf(path: string): SideFile | undefined {
  const [, stem, side] = SIDE.exec(basename(path).replace(/\.gz$/i, "")) ?? [];
  return stem === undefined || side === undefined ? undefined : { path, stem, side };
}

/** The pairs of a file of one side and the one beside it. */
function pairsBeside(path: string, sides: PairSides): FoundPairs {
  const folder = dirname(path);
  const found = sideFiles(folder).filter(({ stem }) => stem === sideFileOf(path)?.stem);
  const [source, target] = requireSides(sides, found, path);
  const own = sideFileOf(path)?.side;
  if (own !== source && own !== target)
    throw new VrnnError(
      "data/side",
      `the file is of neither side: it is not read for .${source} and .${target}`,
      {
        at: path,
        remedy: `name one of these, or say --source ${own}`,
      },
    );
  return pairsOf(ofSide(found, source)!, ofSide(found, target)!);
}

/** The pairs of all files of a folder, by the splits that they are called after. */
function pairsOfFolder(folder: string, sides: PairSides): FoundPairs {
  const all = sideFiles(folder);
  const [source, target] = requireSides(sides, all, folder);
  const stems = [...new Set(all.map(({ stem }) => stem))];
  const isPair = (stem: string) => [source, target].every((side) => ofStem(all, stem, side) !== undefined);
  const paired = stems.filter(isPair);
  const found: FoundPairs[] = [];
  const taken = new Map<SplitName, string>();
  const left: string[] = [];
  for (const stem of paired) {
    const split = splitOfName(stem);
    if (split === undefined && paired.length > 1) left.push(`${stem} is called after no split`);
    else if (split !== undefined && taken.has(split))
      left.push(`${stem}, as ${taken.get(split)} is of the same split`);
    else {
      if (split !== undefined) taken.set(split, stem);
      found.push(pairsOf(ofStem(all, stem, source)!, ofStem(all, stem, target)!, split));
    }
  }
  const alone = all.filter(({ stem, side }) => [source, target].includes(side) && !isPair(stem));
  left.push(...alone.map(({ path }) => `${basename(path)} has no partner`));
  if (found.length === 0) throw noPair(folder, all);
  const told = left.length > 0 ? [`left out: ${listed(left, MOST_NAMED)}`] : [];
  const names = [...taken].map(([split, stem]) => `${split} ${stem}`);
  return {
    pairs: found.flatMap(({ pairs }) => pairs),
    notes: [
      ...(names.length > 0 ? [`files by split: ${names.join(", ")}`] : []),
      ...told,
      ...found.flatMap(({ notes }) => notes),
    ],
  };
}

const pairsOf = (source: SideFile, target: SideFile, split?: SplitName): FoundPairs =>
  pairedLines(
    { file: source.path, text: readText(source.path) },
    { file: target.path, text: readText(target.path) },
    split,
  );

const sideFiles = (folder: string): SideFile[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."))
        .flatMap((entry) => sideFileOf(join(folder, entry.name)) ?? [])
        .sort((a, b) => (a.path < b.path ? -1 : 1))
    : [];

const ofSide = (files: readonly SideFile[], side: string) => files.find((file) => file.side === side);
const ofStem = (files: readonly SideFile[], stem: string, side: string) =>
  files.find((file) => file.stem === stem && file.side === side);

/** Both sides by their names: where there are two, one of them tells the other. @throws VrnnError `data/side` */
function requireSides(
  { source, target }: PairSides,
  files: readonly SideFile[],
  at: string,
): readonly [source: string, target: string] {
  const names = [...new Set(files.map(({ side }) => side))];
  const isThere = (side: string | number | undefined): side is string => names.includes(String(side));
  const others = names.filter((name) => name !== source);
  const written = target ?? (others.length === 1 ? others[0] : undefined);
  if (isThere(source) && isThere(written)) {
    requireTwo(source, written, at);
    return [source, written];
  }
  const remedy =
    names.length >= 2
      ? `say which is read and which is written: --source ${names[0]} --target ${names[1]} (there are ${listed(names, MOST_NAMED)})`
      : "put two files beside each other whose names differ in their ends: train.en, train.de";
  const lacking = [source, target].filter((side) => typeof side === "string" && !isThere(side));
  const what =
    lacking.length > 0
      ? `no file is called .${lacking[0]}`
      : `it is not said which side is ${isThere(source) ? "written" : "read"}`;
  throw new VrnnError("data/side", what, { at, remedy });
}

/** So many sides are named. */
const MOST_NAMED = 12;

const noPair = (at: string, files: readonly SideFile[]): VrnnError =>
  new VrnnError("data/unpaired", "no two files are called alike but for their sides", {
    at,
    remedy: `call them train.en and train.de; there are ${listed(
      files.map(({ path }) => basename(path)),
      MOST_NAMED,
    )}`,
  });
