/** Rows of texts: with commas or tabs between them, or objects of JSON a line. */
import { VrnnError } from "../../errors.ts";
import { parseLine } from "../tables/jsonl.ts";
import { parseRows, type Row } from "../tables/rows.ts";

/** How rows of texts may be written. */
const textForms = ["csv", "tsv", "jsonl"] as const;
/** How rows of texts are written. */
export type TextForm = (typeof textForms)[number];

/** A row of named or numbered entries. */
export interface TextRow {
  readonly line: number;
  readonly entries: ReadonlyMap<string | number, unknown>;
}

type ReadRows = (text: string, file: string, hasHeader: boolean) => readonly TextRow[];

const FORMS: Readonly<{ [Form in TextForm]: ReadRows }> = {
  csv: (text, file, hasHeader) => rowsOf(parseRows(text, file, separatorOf(text)), hasHeader),
  // In text between tabs quotes are quotes.
  tsv: (text, file, hasHeader) => {
    const rows = linesOf(text).map(({ line, text: own }) => ({ line, fields: own.split("\t") }));
    const first = rows[0]?.fields.length ?? 0;
    const longer = rows.find(({ fields }) => fields.length > first);
    if (longer !== undefined) throw moreFields(longer, first, file);
    return rowsOf(rows, hasHeader);
  },
  jsonl: (text, file) =>
    linesOf(text).map(({ line, text: own }) => ({ line, entries: parseLine(own, file, line) })),
};

/** What stands between fields: semicolons where the first line has some and no comma, as spreadsheets write where commas are in numbers. */
function separatorOf(text: string): string {
  const [first = ""] = text.split("\n", 1);
  return first.includes(";") && !first.includes(",") ? ";" : ",";
}

/** A tab in a text would cut it. */
const moreFields = ({ line, fields }: Row, first: number, file: string): VrnnError =>
  new VrnnError("data/tsv", `a row of ${fields.length} fields where the first one has ${first}`, {
    at: `${file}:${line}`,
    remedy: "put blanks in the place of tabs inside a text, or give .csv or .jsonl",
  });

const linesOf = (text: string): { line: number; text: string }[] =>
  text
    .split(/\r?\n/)
    .map((own, i) => ({ line: i + 1, text: own }))
    .filter((line) => line.text.trim() !== "");

function rowsOf(rows: readonly Row[], hasHeader: boolean): TextRow[] {
  if (!hasHeader) return rows.map(({ line, fields }) => ({ line, entries: new Map(fields.entries()) }));
  const header = rows[0]!.fields.map((name) => name.trim());
  return rows.slice(1).map(({ line, fields }) => ({
    line,
    entries: new Map(header.map((name, i) => [name, fields[i]])),
  }));
}

/**
 * The rows of a file of texts.
 *
 * @param hasHeader whether the first row names the columns of separated values; without names entries go by place, from 0
 * @throws VrnnError `data/csv`, `data/tsv`, `data/json`
 */
export const textRows = (
  text: string,
  file: string,
  form: TextForm,
  hasHeader: boolean,
): readonly TextRow[] => FORMS[form](text, file, hasHeader);
