/** What a page and the worker that predicts its frames tell each other. */
import type { WebRuntimeOptions } from "../runtime/web.ts";
import type { WorkerRuntime } from "./messages.ts";
import type { RunFiles } from "./open-run.ts";

/** From the page: `open` comes first; replies repeat the numbers (`Reply` of `messages.ts`). */
export type FramesRequest =
  | {
      readonly type: "open";
      readonly id: number;
      readonly run: RunFiles;
      readonly runtime: WebRuntimeOptions;
    }
  | { readonly type: "read"; readonly id: number; readonly files: readonly File[] }
  | { readonly type: "surprise"; readonly id: number }
  | { readonly type: "predict"; readonly id: number; readonly wanted: FuturesWanted };

/** What the worker sees with. */
export interface FrameEyes extends WorkerRuntime {
  /** Of a frame of the run: `[H, W]`, or `[H, W, C]`. */
  readonly shape: readonly number[];
}

/** A clip that was read. */
export interface SeenClip {
  readonly name: string;
  /** How many frames it has. */
  readonly length: number;
  /** `[length, H·W·C]`, from 0 to 1. */
  readonly frames: Float32Array;
  /** What was noticed while it was read. */
  readonly notes: readonly string[];
}

/** Which futures are to be drawn. */
export interface FuturesWanted {
  /** After how many frames of the clip; all unless told. */
  readonly seen?: number;
  /** How many frames of each. */
  readonly steps: number;
  readonly count: number;
  readonly seed: number;
  /** 1, unless told, is the model's own spread; less is tamer. */
  readonly temperature?: number;
}

/** What may come after the clip: `[steps, H·W·C]` each, from 0 to 1. */
export interface ClipFutures {
  /** What was expected of each frame of each future, given its latent variables. */
  readonly expected: readonly Float32Array[];
  /** What was drawn: what each future goes on from. */
  readonly drawn: readonly Float32Array[];
  /** The mean of what was expected over all futures: one guess. */
  readonly mean: Float32Array;
}
