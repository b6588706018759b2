/** Texts in pairs: what is read, and what is written in answer to it. */
import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import type { SplitName } from "../dataset.ts";
import { splitOf } from "../tables/jsonl.ts";
import { requireColumn } from "../tables/table.ts";
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
  readonly target: string | number;
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
  const hasHeader = typeof sides.source === "string" || typeof sides.target === "string";
  const rows = textRows(text, file, form, hasHeader);
  const names = rows[0] === undefined ? [] : [...rows[0].entries.keys()];
  // Objects have names alone: a place is that of a name in the first of them.
  const nameOf = (side: string | number) =>
    form === "jsonl" && typeof side === "number" ? (names[side] ?? side) : side;
  for (const option of ["source", "target"] as const)
    if (rows.length > 0) requireColumn(String(nameOf(sides[option])), names.map(String), option, file);
  const pairs = rows.map(({ line, entries }): TextPair => {
    const at = `${file}:${line}`;
    const textOf = (option: keyof PairSides) => sideOf(entries.get(nameOf(sides[option])), option, at);
    const split = splitOf(entries.get("split") || undefined, at);
    return { name: `line ${line}`, source: textOf("source"), target: textOf("target"), split };
  });
  return withoutEmpty(pairs, file);
}

function sideOf(entry: unknown, option: keyof PairSides, at: string): string {
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
