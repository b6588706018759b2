/** Passes that pay on a processor's cores and caches, beside those that every runtime's programs get. */
import { carrySums } from "./carry-sums.ts";
import { layoutFor } from "./layout.ts";
import type { Sizes } from "./liveness.ts";
import type { Pass } from "./optimise.ts";
import { simplify } from "./simplify.ts";
import { sinkLarge } from "./sink.ts";
import { spreadColumns } from "./spread.ts";

/** @param sizes what named sizes will nearly always be, where that is known */
export const processorPasses = (sizes: Sizes = {}): readonly Pass[] => [
  { name: "simplify", run: simplify },
  { name: "spread", run: spreadColumns },
  { name: "carry-sums", run: carrySums },
  { name: "sink", run: sinkLarge },
  layoutFor(sizes),
];
