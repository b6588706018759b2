/** Texts in pairs: what is read, and what is written in answer to it. */
import { VrnnError } from "../../errors.ts";
import { shortened } from "../../legible.ts";
import { counted, listed } from "../../words/figures.ts";
import type { SplitName } from "../dataset.ts";
import { splitOf } from "../tables/jsonl.ts";
import { type TextForm, textRows } from "./text-rows.ts";

/** A text, and the one that answers it. */
export interface TextPair {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly split?: SplitName | undefined;
}

/** The two sides of pairs: columns of a table by name or, where there is no header, by place from 0. */
export interface PairSides {
  readonly source: string | number;
  /** The other one unless told. */
  readonly target?: string | number | undefined;
}

/** A text of one line a pair, and where it stands. */
export interface LinesOfSide {
  readonly file: string;
  readonly text: string;
}

/** Pairs, and what there is to say of those that were left out. */
export interface FoundPairs {
  readonly pairs: readonly TextPair[];
  readonly notes: readonly string[];
}

/**
 * Pairs from the rows of a table. What a column `split` asks for is kept; pairs of which a side is empty are left out.
 *
 * @throws VrnnError `data/unknown-column`, `data/text` for a row without one of them, `data/split`, `data/csv`, `data/json`
 * @example
 * parsePairs("Go.\tVa !\n", "fra.tsv", "tsv", { source: 0, target: 1 }).pairs;
 * // [{ name: "line 1", source: "Go.", target: "Va !" }]
 */
export function parsePairs(text: string, file: string, form: TextForm, sides: PairSides): FoundPairs {
  const isNamed = [sides.source, sides.target].some((side) => typeof side === "string");
  const [first] = isNamed || form === "jsonl" ? [] : textRows(text, file, form, false);
  const header = first === undefined ? [] : headerOf([...first.entries.values()].map(String));
  const rows = textRows(text, file, form, isNamed || header.length > 0);
  const names = rows[0] === undefined ? [] : [...rows[0].entries.keys()];
  // Objects, and rows under a header, have names alone: a place is that of a name.
  const nameOf = (side: string | number) => (typeof side === "number" ? (names[side] ?? side) : side);
  const source = nameOf(sides.source);
  if (rows.length > 0) requireSide(source, names, "source", file);
  const target = sides.target === undefined ? otherOf(names, source, file) : nameOf(sides.target);
  if (rows.length > 0) requireSide(target, names, "target", file);
  requireTwo(source, target, file);
  const pairs = rows.map(({ line, entries }): TextPair => {
    const at = `${file}:${line}`;
    const split = splitOf(entries.get("split") || undefined, at);
    const textOf = (option: "source" | "target", name: string | number) =>
      sideOf(entries.get(name), option, at);
    return {
      name: `line ${line}`,
      source: textOf("source", source),
      target: textOf("target", target),
      split,
    };
  });
  const { notes, ...found } = withoutEmpty(pairs, file);
  const told = header.length > 0 ? [`the first row is taken for names: ${header.join(", ")}`] : [];
  return { ...found, notes: [...told, ...notes] };
}

/** @throws VrnnError `data/unknown-column` */
function requireSide(
  side: string | number,
  names: readonly (string | number)[],
  option: "source" | "target",
  at: string,
): void {
  if (names.includes(side)) return;
  const known = names.map((name) => shortened([String(name)], MOST_LETTERS)[0]!);
  throw new VrnnError(
    "data/unknown-column",
    `the option ${option} names a column "${side}" that does not exist`,
    {
      at,
      remedy: `there are ${listed(known, MOST_NAMED)}; where there is no header columns go by place, from 0: --source 0 --target 1`,
    },
  );
}

/** So many columns are named, and so much of each. */
const [MOST_NAMED, MOST_LETTERS] = [8, 20];

/** What columns of pairs are called, whatever their languages. */
const COLUMN_NAMES = ["source", "target", "split", "src", "tgt", "input", "output"];

/** The cells of a first row that hold names and no texts: languages by their codes, or what columns of pairs are called. */
function headerOf(cells: readonly string[]): readonly string[] {
  const languages = new Intl.DisplayNames("en", { type: "language", fallback: "none" });
  const isCode = (cell: string) => /^[a-z]{2,3}$/.test(cell) && languages.of(cell) !== undefined;
  const isName = (cell: string) => COLUMN_NAMES.includes(cell.toLowerCase()) || isCode(cell);
  return cells.length >= 2 && cells.every((cell) => isName(cell.trim()))
    ? cells.map((cell) => cell.trim())
    : [];
}

/** The side that is not the source: of two the other one, of more the first two unless the source is neither. */
function otherOf(names: readonly (string | number)[], source: string | number, at: string): string | number {
  const sides = names.filter((name) => name !== "split");
  const others = sides.slice(0, 2).includes(source) ? sides.slice(0, 2) : sides;
  const [other, ...more] = others.filter((name) => name !== source);
  if (other !== undefined && more.length === 0) return other;
  throw new VrnnError("data/side", "it is not said which column is written", {
    at,
    remedy: `name it: --target ${other ?? "de"}`,
  });
}

/** @throws VrnnError `data/side` for pairs of which both sides are the same */
export function requireTwo(source: string | number, target: string | number, at: string): void {
  if (source !== target) return;
  throw new VrnnError("data/side", `both sides are "${source}": a text would answer itself`, {
    at,
    remedy: "name another one with --source or --target",
  });
}

function sideOf(entry: unknown, option: "source" | "target", at: string): string {
  if (typeof entry === "string") return entry;
  throw new VrnnError("data/text", `there is no text of the ${option} in the row`, {
    at,
    remedy: `write one, or say with the option ${option} in which column it stands`,
  });
}

/**
 * Pairs from two texts whose lines answer one another.
 *
 * @throws VrnnError `data/unpaired` unless they have as many lines
 * @example
 * pairedLines({ file: "a.en", text: "Go.\n" }, { file: "a.fr", text: "Va !\n" }).pairs.length; // 1
 */
export function pairedLines(source: LinesOfSide, target: LinesOfSide, split?: SplitName): FoundPairs {
  const [read, written] = [textLines(source.text), textLines(target.text)];
  if (read.length !== written.length)
    throw unpaired([source.file, read.length], [target.file, written.length]);
  const pairs = read.map((line, i): TextPair => {
    const name = split === undefined ? `line ${i + 1}` : `${split} ${i + 1}`;
    return { name, source: line, target: written[i]!, split };
  });
  return withoutEmpty(pairs, source.file);
}

/** Lines, without what ends the last one. */
export const textLines = (text: string): string[] => text.replace(/\r?\n$/, "").split(/\r?\n/);

type Counted = readonly [file: string, lines: number];

function unpaired([source, read]: Counted, [target, written]: Counted): VrnnError {
  const [longer, least] = read > written ? [source, written] : [target, read];
  return new VrnnError(
    "data/unpaired",
    `${counted(read, "line")} here and ${written} in ${target}: line ${least + 1} of ${longer} has no partner`,
    { at: source, remedy: "give two files of which each line answers the same line of the other" },
  );
}

function withoutEmpty(pairs: readonly TextPair[], at: string): FoundPairs {
  const isFilled = ({ source, target }: TextPair) => source.trim() !== "" && target.trim() !== "";
  const empty = pairs.find((pair) => !isFilled(pair));
  if (empty === undefined) return { pairs, notes: [] };
  const kept = pairs.filter(isFilled);
  const told = `${counted(pairs.length - kept.length, "pair")} without a text on one side left out: ${empty.name} of ${at}`;
  return { pairs: kept, notes: [pairs.length - kept.length > 1 ? `${told} first` : told] };
}
