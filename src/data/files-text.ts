import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { VrnnError } from "../errors.ts";
import { byName } from "./by-name.ts";
import type { SplitName } from "./dataset.ts";
import type { FieldDataset } from "./field-dataset.ts";
import { readText, statusOf } from "./files-bytes.ts";
import { endingOf, sequenceName } from "./formats.ts";
import { isAllTested } from "./split.ts";
import { splitOfName } from "./split-names.ts";
import type { LabelledText } from "./text/label-field.ts";
import { type LabelledColumns, parseLabelled } from "./text/labelled.ts";
import type { TextPiece } from "./text/names.ts";
import { labelledDataset, type TextOptions, textDataset } from "./text/text-dataset.ts";
import type { TextForm } from "./text/text-rows.ts";

/** How a file of text is read. */
export interface TextFileOptions extends TextOptions {
  /** What of an unlabelled text is one sequence: all of it, unless told. */
  readonly per?: TextPiece | undefined;
  /** Where texts and labels stand, in a file that holds both. */
  readonly labelled?: LabelledColumns | undefined;
  /** The labels of a trained model: texts without one are read too. */
  readonly levels?: readonly string[] | undefined;
  /** Whether their n-grams stand beside labelled texts; so unless told. */
  readonly hasNGrams?: boolean | undefined;
}

/** How rows of texts are written in a file, by the end of its name. */
export const TEXT_FORMS: Readonly<Record<string, TextForm>> = {
  ".csv": "csv",
  ".tsv": "tsv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
};

/**
 * A data set of the text in a file, which may be compressed (`.gz`), or of a folder of texts. Texts with labels stand in
 * `.csv`, `.tsv` or `.jsonl`; any other file is a text, unless it is said where its texts and labels stand: then they
 * stand between tabs. A folder holds such tables, `train.csv` and `test.csv`, where it is said which column the labels stand in or
 * nothing else is in it; else the label of a text (`.txt`) in it is the name of its folder, which may stand in one that is called train, valid or test.
 *
 * @throws VrnnError `data/...` with the line
 * @example
 * readTextDataset("shakespeare.txt", { unit: "characters" });
 * readTextDataset("SMSSpamCollection", { unit: "words", labelled: { label: 0, text: 1 } });
 * readTextDataset("reviews", { unit: "words" }); // reviews/train/pos/1.txt, reviews/train/neg/1.txt, ...
 * readTextDataset("banking77", { unit: "words", labelled: { label: "category" } }); // banking77/train.csv, banking77/test.csv
 */
export function readTextDataset(path: string, options: TextFileOptions): FieldDataset {
  const { per = "text", labelled, ...rest } = options;
  const found = labelledTexts(path, options);
  if (found === undefined) return textDataset(readText(path), path, { ...rest, per });
  const data = labelledDataset(found.texts, path, rest);
  return { ...data, notes: [...found.notes, ...data.notes] };
}

/** Whether there are labels beside the texts, by what is said and by the end of the name. */
export const isLabelled = (path: string, { label }: { readonly label?: string | undefined }): boolean =>
  label !== undefined || statusOf(path).isDirectory() || endingOf(path) in TEXT_FORMS;

/** Texts, and what is to be told of them. */
interface FoundTexts {
  readonly texts: readonly LabelledText[];
  readonly notes: readonly string[];
}

/** The texts of a folder or file that has labels; undefined for a text without. */
export function labelledTexts(
  path: string,
  { labelled, levels, split }: TextFileOptions,
): FoundTexts | undefined {
  if (statusOf(path).isDirectory()) {
    const hasTexts = foldersIn(path).length > 0 || textsIn(path).length > 0;
    const isOfTables = labelled !== undefined || !hasTexts;
    const columns = { ...labelled, isLabelOptional: levels !== undefined };
    return (isOfTables && textsOfTables(path, columns)) || textsOfFolder(path, { labelled, levels, split });
  }
  const text = readText(path);
  // Without a tab a file is what a trained model is to class, though that was trained on a table between tabs.
  const isTabular = labelled !== undefined && (levels === undefined || text.includes("\t"));
  const form = TEXT_FORMS[endingOf(path)] ?? (isTabular ? "tsv" : undefined);
  if (form !== undefined) {
    const columns = { ...labelled, isLabelOptional: levels !== undefined };
    return { texts: parseLabelled(text, path, form, columns), notes: [] };
  }
  return levels && { texts: [{ name: sequenceName(path), text }], notes: linesNotes(path, text) };
}

/** What is said of a text of several lines that a model is to class: it is one. */
function linesNotes(path: string, text: string): string[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "").length;
  return lines > 1
    ? [`${path} is one text of ${lines} lines: to class each by itself give a table with a column text`]
    : [];
}

/** The texts of the tables in a folder, each of the split that it is called after; undefined where there are none. */
function textsOfTables(folder: string, columns: LabelledColumns): FoundTexts | undefined {
  const tables = readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => !entry.isDirectory() && !entry.name.startsWith(".") && endingOf(entry.name) in TEXT_FORMS,
    )
    .map(({ name }) => name)
    .sort(byName);
  if (tables.length === 0) return undefined;
  const texts = tables.flatMap((name) => {
    const path = join(folder, name);
    const split = splitOfName(name);
    const own = parseLabelled(readText(path), path, TEXT_FORMS[endingOf(name)]!, columns);
    return own.map((each) => ({ ...each, name: `${name} ${each.name}`, split: each.split ?? split }));
  });
  return { texts, notes: tables.length > 1 ? [`tables: ${tables.join(", ")}`] : [] };
}

/** A text of a folder, and where it lies. */
interface Placed {
  readonly path: string;
  readonly label?: string | undefined;
  readonly split?: SplitName | undefined;
}

/**
 * The texts of a folder, by the folders of their labels; for a trained model those beside these folders too, as texts
 * whose label is not known.
 *
 * @throws VrnnError `data/empty-folder`, `data/label` when a column is named as well
 */
function textsOfFolder(
  folder: string,
  { labelled, levels, split }: Pick<TextFileOptions, "labelled" | "levels" | "split">,
): FoundTexts {
  if (labelled !== undefined && levels === undefined)
    throw new VrnnError("data/label", "in a folder the label of a text is the name of its folder", {
      at: folder,
      remedy: "leave the options label and text out",
    });
  const loose = textsIn(folder);
  // A run's own folder is read as it was in training, without them; what a model is given to class is all of it.
  const isGiven = levels !== undefined && isAllTested(split);
  const found = [...foldersIn(folder).flatMap((name) => classTexts(folder, name)), ...(isGiven ? loose : [])];
  if (found.length === 0)
    throw new VrnnError("data/empty-folder", "the folder holds no folders of texts", {
      at: folder,
      remedy: "put texts (.txt) into a folder for each label, or give one file",
    });
  const texts = found.map(({ path, ...rest }) => ({
    ...rest,
    name: relative(folder, path).replace(/\.txt(\.gz)?$/i, ""),
    text: readText(path),
  }));
  const notes = isGiven
    ? []
    : loose.map(({ path }) => `${path} is left out: it lies in no folder of a label`);
  return { texts, notes };
}

/** The texts of a folder that is called after a label, or after a split and holds such folders. */
function classTexts(folder: string, name: string): Placed[] {
  const inside = join(folder, name);
  const split = splitOfName(name);
  if (split === undefined) return textsIn(inside, name);
  return foldersIn(inside).flatMap((label) => textsIn(join(inside, label), label, split));
}

const textsIn = (folder: string, label?: string, split?: SplitName): Placed[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith(".") && endingOf(entry.name) === ".txt")
    .map((entry) => ({ path: join(folder, entry.name), label, split }))
    .sort((a, b) => byName(a.path, b.path));

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort(byName);
