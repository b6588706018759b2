/** The data that a command works on: those of the run, or others with its columns. */

import type { Command } from "commander";
import {
  type Dataset,
  type Sequence,
  SPLIT_NAMES,
  type SplitName,
  type TimeColumn,
} from "../data/dataset.ts";
import type { RunConfig } from "../run/run-config.ts";
import { oneOf } from "./parse.ts";

export interface DataOptions {
  readonly data?: string;
  readonly split?: SplitName;
}

/** Declares `--data` and `--split`. */
export const addDataOptions = (command: Command): Command =>
  command
    .option("--data <path>", "data with the run's columns (default: those that the run was trained on)")
    .option(
      "--split <name>",
      `${SPLIT_NAMES.join(", ")} (default: test; with --data: all of it)`,
      oneOf(SPLIT_NAMES),
    );

export interface Chosen {
  readonly sequences: readonly Sequence[];
  readonly time: TimeColumn | undefined;
  /** Where they are. */
  readonly path: string;
}

/** @throws VrnnError `data/...`, `run/data`, `run/split` */
export async function chosenData(config: RunConfig, { data: path, split }: DataOptions): Promise<Chosen> {
  const { readOtherData, readRunData, sequencesOf } = await import("../run/data.ts");
  const data: Dataset = readRunData(config, path);
  const sequences =
    path === undefined
      ? sequencesOf(data, split ?? "test", config.data.path)
      : readOtherData(config, path, split);
  return { sequences, time: data.time, path: path ?? config.data.path };
}
