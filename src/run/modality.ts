import type { Modality } from "../data/modality.ts";
import { modalityOfOldRun } from "../data/old-modality.ts";
import type { RunConfig } from "./run-config.ts";

/** The kind of material that a run was trained on. */
export const modalityOf = ({ columns, data }: Pick<RunConfig, "columns" | "data">): Modality =>
  modalityOfOldRun(columns, data.schema.grid);
