import { table } from "../usual.ts";
import type { Material } from "./material.ts";

/** Speech: how likely it is, frame by frame; `vrnn transcribe` writes down what was said. */
export const speech: Material = {
  ...(table.score && { score: table.score }),
  others: ["transcribe", "encode", "export"],
};
