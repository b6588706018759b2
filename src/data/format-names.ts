/** Kinds of files as the option `format` names them. */
export const formatNames = [
  "csv",
  "tsv",
  "jsonl",
  "json",
  "parquet",
  "npy",
  "npz",
  "ts",
  "ucr",
  "midi",
] as const;
/** A kind of files. */
export type FormatName = (typeof formatNames)[number];
