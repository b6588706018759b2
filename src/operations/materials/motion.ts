import { images } from "./images.ts";
import type { Material } from "./material.ts";

/** Tracks: how likely each step of what came is, a row a step; `vrnn futures` tells what may come. */
export const motion: Material = {
  ...(images.score && { score: images.score }),
  others: ["futures"],
};
