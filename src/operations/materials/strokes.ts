import { strokesJson, untilEnd } from "../../data/write.ts";
import { ofColumns } from "../usual.ts";
import type { Material } from "./material.ts";

/** Drawings, which stop at their end. */
export const strokes: Material = ofColumns(async ({ columns, sequences }) => {
  const shown = sequences.map((each) => untilEnd(columns, each));
  return { shown, files: { "samples.json": strokesJson(columns, shown) }, notes: [] };
});
