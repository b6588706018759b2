/** Which split a file or folder is, by its name. */
import { SPLIT_NAMES, type SplitName } from "./dataset.ts";

/** What people call a file or folder that is a whole split. */
const NAMES: Readonly<Record<SplitName, readonly string[]>> = {
  train: ["train"],
  valid: ["valid", "val", "validation", "dev"],
  test: ["test"],
};

/**
 * The split that is called so, in whatever case.
 *
 * @example
 * splitCalled("Val"); // "valid"
 * splitCalled("testament"); // undefined
 */
export const splitCalled = (name: string): SplitName | undefined =>
  SPLIT_NAMES.find((split) => NAMES[split].includes(name.toLowerCase()));

/** The letters and digits that a name begins with. */
const FIRST_WORD = /^[\p{L}\p{N}]+/u;

/**
 * The split that a name begins with, alone or before a mark that is neither letter nor digit, in whatever case.
 *
 * @example
 * splitOfName("Val_2024"); // "valid"
 * splitOfName("test1"); // undefined
 */
export const splitOfName = (name: string): SplitName | undefined =>
  splitCalled(FIRST_WORD.exec(name)?.[0] ?? "");

/** A name that ends in a split's, after a mark. */
const LAST_WORD = /^(.+)[^\p{L}\p{N}](\p{L}+)$/u;

/**
 * The split that a name ends in, and what stands before it; undefined where it ends in none.
 *
 * @example
 * splitAtEnd("ArrowHead_TRAIN"); // { stem: "ArrowHead", split: "train" }
 */
export function splitAtEnd(name: string): { readonly stem: string; readonly split: SplitName } | undefined {
  const [, stem, word] = LAST_WORD.exec(name) ?? [];
  const split = splitCalled(word ?? "");
  return stem === undefined || split === undefined ? undefined : { stem, split };
}

/** A word that begins as a split does, at the beginning of a name or after a mark. */
const LIKE_SPLIT = /(?:^|[^a-z])(?:train|valid|val(?![a-z])|dev(?![a-z])|test|eval|hold-?out)/i;

/** Whether a name that is no split's looks like one: `test1`, `testament`, `ECG_TEST`, `run_train_03`. */
export const looksLikeSplit = (name: string): boolean => LIKE_SPLIT.test(name);
