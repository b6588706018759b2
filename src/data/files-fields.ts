/** Data of any kind from files, told apart by the end of their names and by what is said of them. */
import { VrnnError } from "../errors.ts";
import type { LabelSpan } from "./dataset.ts";
import type { FieldDataset } from "./field-dataset.ts";
import { isLabelled, readTextDataset } from "./files-text.ts";
import { endingOf } from "./formats.ts";
import type { SplitShares } from "./split.ts";
import { checkedLevels } from "./tables/label.ts";
import { USUAL_SHUFFLE } from "./tables/schema.ts";
import { type CaseName, type TextPiece, type TokenName, tokenUnitOf } from "./text/names.ts";
import type { TextKnowledge } from "./text/text-dataset.ts";

/** How text is read. */
export interface TextSchema {
  /** `chars` unless told. */
  readonly tokens?: TokenName | undefined;
  readonly per?: TextPiece | undefined;
  /** The most tokens of the vocabulary; all unless told. */
  readonly vocabulary?: number | undefined;
  /** Of words; `kept` unless told. */
  readonly case?: CaseName | undefined;
  /** Where texts and their labels stand: a column by its name, or by its place from 0 where there is no header. */
  readonly text?: string | undefined;
  readonly label?: string | undefined;
  /** A text has one label. */
  readonly labelPer?: LabelSpan | undefined;
  readonly split?: SplitShares | undefined;
  /** Deals sequences out in a random order of this seed. */
  readonly shuffle?: number | undefined;
}

/** Whether data are read as text: a `.txt`, or whatever is to be cut into tokens. */
export const isText = (path: string, { tokens }: TextSchema): boolean =>
  tokens !== undefined || endingOf(path) === ".txt";

/**
 * A text as data, in the way that the command line says how. Labelled texts are dealt out in a random order unless it is
 * said how: files are often sorted by class.
 *
 * @param known what is kept of a trained model; counted in the training split unless told.
 * @throws VrnnError `data/...`
 * @example
 * readText("shakespeare.txt", { tokens: "chars" }).notes;
 * readText("sms.tsv", { tokens: "words", label: "kind" }).fields.label;
 */
export function readText(path: string, schema: TextSchema, known?: TextKnowledge): FieldDataset {
  const { tokens = "chars", per, vocabulary: most, split, text, label } = schema;
  if (schema.labelPer === "step") throw oneLabel(path);
  if (schema.case === "ignored" && tokens !== "words") throw wordsAlone(path);
  const isSaid = text !== undefined || label !== undefined;
  const isNew = known === undefined;
  const data = readTextDataset(path, {
    ...{ unit: tokenUnitOf(tokens), per, most, split, ...known },
    lowercase: schema.case === "ignored",
    shuffle: schema.shuffle ?? (isNew && isLabelled(path, schema) ? USUAL_SHUFFLE : undefined),
    ...(isSaid && { labelled: { text: placeOf(text), label: placeOf(label) } }),
  });
  const { label: field } = data.fields;
  if (isNew && field?.kind === "label") checkedLevels(field.levels, path);
  return data;
}

const wordsAlone = (at: string): VrnnError =>
  new VrnnError("data/text", "case is ignored of words alone", {
    at,
    remedy: "give the option tokens: words",
  });

const oneLabel = (at: string): VrnnError =>
  new VrnnError("data/label", "a text has one label", { at, remedy: "leave the option label-per out" });

/** A column by its place, where a number is given. */
const placeOf = (column: string | undefined): string | number | undefined =>
  column !== undefined && /^\d+$/.test(column) ? Number(column) : column;
