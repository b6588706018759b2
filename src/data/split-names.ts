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
 * splitCalled("training-notes"); // undefined
 */
export const splitCalled = (name: string): SplitName | undefined =>
  SPLIT_NAMES.find((split) => NAMES[split].includes(name.toLowerCase()));

/** The split of which this is a part: `train-1`. */
export const splitBegun = (name: string): SplitName | undefined =>
  SPLIT_NAMES.find((split) => name.toLowerCase().startsWith(`${split}-`));

const LIKE_SPLIT = new RegExp(`^(${SPLIT_NAMES.join("|")})|[^a-z](${SPLIT_NAMES.join("|")})$`, "i");

/** Whether a name that is no split's looks like one: `test_1`, `training-notes`, `testament`, `ECG_TEST`. */
export const looksLikeSplit = (name: string): boolean => LIKE_SPLIT.test(name);
