import { framesOf } from "../../run/run-fields.ts";
import { frameScoreTable } from "../../tables/frame-score-table.ts";
import { ruledFrames } from "../../workbench/ruled-frames.ts";
import type { Material } from "./material.ts";
import { sampledFrames } from "./sample-frames.ts";
import { scoredRows } from "./score-rows.ts";

/** Pictures, or frames of moving ones: written as an array and a picture. */
export const images: Material = {
  score: async (context, input) => {
    const { value } = await scoredRows(context, input);
    return { value, table: async () => frameScoreTable(value) };
  },
  sample: sampledFrames,
  async *detect(context, input) {
    yield* (await import("./detect-frames.ts")).detectedFrames(context, input);
  },
  async *watch(context, input, given) {
    yield* (await import("./watch-frames.ts")).watchedFrames(context, input, given);
  },
  async *reconstruct(context, input, given) {
    yield* (await import("./reconstruct-frames.ts")).reconstructedClips(context, input, given);
  },
  others: ["watch", "reconstruct"],
  bound: async (context, source) => {
    const own = await context.files?.ownSplits();
    if (own === undefined)
      return {
        unit: "frame",
        baselines: [],
        lacking:
          "the clips of training are no longer to be read, so that no rule that learns from them stands beside",
      };
    return {
      unit: "frame",
      baselines: await ruledFrames({ splits: own }, source, framesOf((await context.run()).config)),
    };
  },
};
