import { frameScoreTable } from "../../tables/frame-score-table.ts";
import type { Material } from "./material.ts";
import { scoredRows } from "./score-rows.ts";

/** Tracks: how likely each step of what came is; `vrnn futures` tells what may come. */
export const motion: Material = {
  score: async (context, input) => {
    const { value } = await scoredRows(context, input);
    return { value, table: async () => frameScoreTable(value) };
  },
  others: ["futures"],
};
