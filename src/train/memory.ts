/** How much memory training takes, told without training. */

import type { Tensor } from "../graph/index.ts";
import type { Model } from "../models/model.ts";
import { countOf } from "../nn/parameters.ts";
import type { Objective } from "../objectives/objective.ts";
import { lower } from "../onnx/lower.ts";
import { peakBytes, type Sizes, tensorBytes } from "../passes/liveness.ts";
import { processorPasses } from "../passes/processor.ts";
import { isPlanned } from "../runtime/memory-plan.ts";
import type { TrainingOptions } from "./options.ts";
import { boundGraph, finishNamed, gradientGraph, lossOptions, pieceGraph } from "./programs.ts";

/** The most memory that training takes in Node, in bytes. */
export interface TrainingMemory {
  readonly total: number;
  /** By what takes it: Node and ONNX Runtime themselves, weights with all that is kept for each, steps, validation. */
  readonly parts: Readonly<Record<"runtime" | "weights" | "steps" | "validation", number>>;
}

/** What there is beside what is trained: Node, the project, ONNX Runtime, its compiled programs, the report. Measured. */
const PROCESS = 190e6;
/** The same for each thread beside the first. Measured. */
const THREAD = 45e6;

/**
 * What ONNX Runtime's allocator takes for each byte that is needed at once, after some epochs: what is given back does not
 * always fit what is asked for next, and validation has other sizes than training. Memory that is planned ahead comes
 * beside that of the first run. Measured (docs/speed.md).
 */
const ALLOCATED = { planned: 1.8, unplanned: 1.55 } as const;

/** Numbers that training keeps for each weight: Adam's, now and next (6), the best (1), and an update's own values (3). */
const PER_WEIGHT = 10;

/** Those that each shard keeps beside: a gradient, and by pieces the one handed down, that of a piece, and weights again. */
const PER_SHARD = { whole: 1, pieces: 4 } as const;

type MemoryOptions = Pick<
  TrainingOptions,
  "batchSize" | "window" | "shards" | "dropout" | "dropoutAt" | "weightDropout" | "recompute"
>;

/**
 * An estimate of the most memory that training takes in Node beside its data, from the programs that it would run, for
 * full batches of sequences that fill the window. It was within a quarter of what `vrnn train` took in nearly all
 * that was measured (docs/speed.md); fewer sequences than a batch has rows take less.
 *
 * @example
 * trainingMemory(model, objective, { batchSize: 16, window: 100, shards: 2, dropout: 0, dropoutAt: {}, weightDropout: 0, recompute: 0 }).total; // 310000000
 */
export function trainingMemory(model: Model, objective: Objective, options: MemoryOptions): TrainingMemory {
  const { batchSize, window, shards, recompute } = options;
  const sizes = { T: window, B: Math.ceil(batchSize / shards) };
  const weight = 4 * countOf(model.parameters);
  const graph = recompute > 0 ? pieceGraph : gradientGraph;
  const gradient = finishNamed(graph(model, objective, lossOptions(model, options)), processorPasses(sizes));
  const piece = { ...sizes, T: recompute > 0 ? Math.min(recompute, window) : window };
  const bound = finishNamed(boundGraph(model, objective));
  const perShard = PER_SHARD[recompute > 0 ? "pieces" : "whole"];
  const parts = {
    runtime: PROCESS + THREAD * (shards - 1),
    // Beside what is each shard's own, weights as threads see them: shared once, and a copy each.
    weights: weight * (PER_WEIGHT + perShard * shards + (shards > 1 ? shards : 0)),
    steps: shards * sessionBytes(gradient, { computed: piece, fed: sizes }),
    validation: shards * sessionBytes(bound, { computed: sizes, fed: sizes }),
  };
  return { total: Object.values(parts).reduce((all, bytes) => all + bytes), parts };
}

type Named = Readonly<Record<string, Tensor>>;

/** What a session takes for what it computes, and for what it is fed beside weights. */
function sessionBytes(
  outputs: Named,
  { computed, fed }: { readonly computed: Sizes; readonly fed: Sizes },
): number {
  const program = lower(outputs);
  const factor = ALLOCATED[isPlanned(program) ? "planned" : "unplanned"];
  const inputs = Object.entries(program.inputs).filter(([name]) => name !== "parameters");
  return inputs.reduce(
    (all, [, type]) => all + tensorBytes(type, fed),
    factor * peakBytes(Object.values(outputs), computed),
  );
}
