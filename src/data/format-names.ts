/** Kinds of files as the option `format` names them. */
export const formatNames = ["csv", "tsv", "jsonl", "json", "midi", "npz"] as const;
/** A kind of files. */
export type FormatName = (typeof formatNames)[number];
