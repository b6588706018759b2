/** Texts with their classes, from tables of any form. */
import { VrnnError } from "../../errors.ts";
import { listed } from "../../words/figures.ts";
import { splitOf } from "../tables/jsonl.ts";
import { requireColumn } from "../tables/table.ts";
import type { LabelledText } from "./label-field.ts";
import { type TextForm, textRows } from "./text-rows.ts";

/** Where texts and labels stand: by name, or, where there is no header, by place from 0. */
export interface LabelledColumns {
  /** "text" unless told. */
  readonly text?: string | number | undefined;
  /** "label" unless told. */
  readonly label?: string | number | undefined;
  /** Whether there may be texts without a column of labels: those that a trained model is to class. */
  readonly isLabelOptional?: boolean | undefined;
}

/**
 * Texts and their labels, from rows with commas or tabs between them, or objects of JSON a line. An empty label is an
 * unknown one. What a column `split` asks for is kept.
 *
 * @throws VrnnError `data/unknown-column`, `data/text` for a row without a text, `data/label` for one that is a list or an object, `data/split`,
 * `data/csv`, `data/tsv`, `data/json`
 * @example
 * parseLabelled("ham\tOk lar...\n", "sms.tsv", "tsv", { label: 0, text: 1 });
 * // [{ name: "line 1", text: "Ok lar...", label: "ham" }]
 */
export function parseLabelled(
  text: string,
  file: string,
  form: TextForm,
  { text: saidText, label: labelAt = "label", isLabelOptional = false }: LabelledColumns,
): LabelledText[] {
  const textAt = saidText ?? "text";
  const hasHeader = typeof textAt === "string" || typeof labelAt === "string";
  const found = textRows(text, file, form, hasHeader);
  if (found.length === 0) throw noRows(file);
  // An object may lack what others have, also the first one.
  const rows = form === "jsonl" ? found : found.slice(0, 1);
  const names = [...new Set(rows.flatMap(({ entries }) => [...entries.keys()].map(String)))];
  if (saidText === undefined && !names.includes(String(textAt))) throw noTextColumn(names, file);
  requireColumn(String(textAt), names, "text", file);
  if (!isLabelOptional) requireColumn(String(labelAt), names, "label", file);
  return found.map(({ line, entries }) => {
    const at = `${file}:${line}`;
    const own = entries.get(textAt);
    if (typeof own !== "string") throw noText(at);
    const label = entries.get(labelAt) ?? "";
    if (typeof label === "object") throw noLabel(at);
    return {
      name: `line ${line}`,
      text: own,
      ...(label !== "" && { label: String(label) }),
      split: splitOf(entries.get("split") || undefined, at),
    };
  });
}

const noTextColumn = (names: readonly string[], at: string): VrnnError =>
  new VrnnError("data/unknown-column", 'a table is read as text, and has no column "text"', {
    at,
    remedy: `say which column the texts stand in with the option text: there are ${listed(names, MOST_NAMED)}`,
  });

/** So many columns are named. */
const MOST_NAMED = 12;

const noRows = (at: string): VrnnError =>
  new VrnnError("data/empty-file", "there are no rows of texts", {
    at,
    remedy: "write the file anew, with a row for each text under the names of the columns",
  });

const noText = (at: string): VrnnError =>
  new VrnnError("data/text", "there is no text in the row", {
    at,
    remedy: "say which column it stands in with the option text",
  });

const noLabel = (at: string): VrnnError =>
  new VrnnError("data/label", "a label is a word or a number, and here it is a list or an object", {
    at,
    remedy: "name another column with the option label, or write one label for each text",
  });
