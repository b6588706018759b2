import type { Tensor } from "../graph/tensor.ts";
import { clean } from "./clean.ts";
import { collect } from "./collect.ts";
import { cutProducts } from "./cut.ts";
import { fuseGemm } from "./gemm.ts";
import { hoist } from "./hoist.ts";
import { tileProducts } from "./tile.ts";

/** A rewriting of a whole graph, given by its outputs, that changes none of their values. */
export interface Pass {
  readonly name: string;
  /** The outputs as they are then, in their order. */
  readonly run: (outputs: readonly Tensor[]) => readonly Tensor[];
}

/** What makes loops small. */
export const optimisation: readonly Pass[] = [
  { name: "cut", run: cutProducts },
  { name: "hoist", run: (outputs) => clean(outputs, hoist) },
  { name: "collect", run: (outputs) => clean(outputs, collect) },
  // Again for products of what was gathered.
  { name: "collect-gathered", run: (outputs) => clean(outputs, collect) },
  { name: "tile", run: (outputs) => clean(outputs, tileProducts) },
  { name: "hoist-gathered", run: (outputs) => clean(outputs, hoist) },
  { name: "clean", run: (outputs) => clean(outputs) },
];

/** What only a graph without further gradients can bear, last. */
const fusing: Pass = { name: "fuse-gemm", run: fuseGemm };

/** All passes before lowering. @param own what the runtime adds */
export const finishing = (own: readonly Pass[] = []): readonly Pass[] => [...optimisation, ...own, fusing];

/** Sees the graph before the first of some passes (`written`) and after each. */
export type PassWatcher = (pass: string, outputs: readonly Tensor[]) => void;

let watcher: PassWatcher | undefined;

/** Shows all passes from now on to a watcher; without one, to nobody. */
export function watchPasses(watch?: PassWatcher): void {
  watcher = watch;
}

function runPasses(passes: readonly Pass[], outputs: readonly Tensor[]): readonly Tensor[] {
  watcher?.("written", outputs);
  return passes.reduce((graph, { name, run }) => {
    const after = run(graph);
    watcher?.(name, after);
    return after;
  }, outputs);
}

/**
 * Makes a graph faster without changing what it computes: only what recurs stays in its loops. Done before
 * `gradients`, it makes the reverse loops small too; done after, it cleans them.
 */
export const optimise = (outputs: readonly Tensor[]): readonly Tensor[] => runPasses(optimisation, outputs);

/**
 * The last passes before lowering; after them there are no gradients.
 *
 * @param own what the runtime adds (`Runtime.passesFor`); nothing unless told
 */
export const finish = (outputs: readonly Tensor[], own: readonly Pass[] = []): readonly Tensor[] =>
  runPasses(finishing(own), outputs);
