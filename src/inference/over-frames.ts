/** Clips unrolled frame by frame. */
import { wholeSpans } from "../data/plan.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import type { StepResult } from "../models/step.ts";
import { unrollProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import type { ToldOfFrame } from "./frame-measures.ts";
import { frozen } from "./frozen.ts";
import { perStep, rowOf } from "./rows.ts";
import { overRows, type ReadSource, type UnrolledRows } from "./unrolled-rows.ts";

/** How many clips are computed side by side, and how many frames of each at once. */
export interface FrameBatches {
  /** The most clips computed side by side; 4 unless told. */
  readonly batchSize?: number;
  /** The most frames of each computed at once; 8 unless told. */
  readonly window?: number;
}

/** The clips that are gone through, and what is asked of each frame. */
export interface OverFramesOptions
  extends Omit<ReadSource, "seed">,
    Pick<UnrolledRows, "noiseOf">,
    FrameBatches {
  readonly parts: readonly (keyof StepResult)[];
}

/** A frame, with what was told of it. */
export interface UnrolledFrame {
  /** Which clip of the source. */
  readonly i: number;
  /** Which frame of it, from 0. */
  readonly t: number;
  readonly told: ToldOfFrame;
  /** `[H·W·C]`: its pixels, as the field stores them. */
  readonly bytes: Uint8Array;
}

/** Goes through the frames of clips in their order, clips of similar lengths side by side. */
export async function* overFrames(options: OverFramesOptions): AsyncGenerator<UnrolledFrame> {
  const {
    runtime,
    model,
    weights,
    fields,
    source,
    parts: asked,
    batchSize = 4,
    window = 8,
    noiseOf,
  } = options;
  const executable = await compileFinite(runtime, unrollProgram(model, asked, frozen(weights)));
  try {
    const spans = wholeSpans(await source.index()).filter(({ to }) => to > 0); // there is no loop of no steps
    const feeder = new ModelFeeder(model, fields);
    const unrolled = { executable, model, weights, feeder, source, spans, batchSize, window, noiseOf };
    for await (const { rows, parts, results } of overRows(unrolled))
      for (const [b, { i, from, to }] of rows.entries()) {
        const steps = to - from;
        const told = asked.map((part) => [part, perStep(rowOf(results[part]!, b, steps), steps)] as const);
        const bytes = parts[b]!.values["x"] as Uint8Array;
        const pixels = bytes.length / steps;
        for (let t = 0; t < steps; t++)
          yield {
            ...{ i, t: from + t },
            told: Object.fromEntries(told.map(([part, all]) => [part, all[t]!])),
            bytes: bytes.subarray(t * pixels, (t + 1) * pixels),
          };
      }
  } finally {
    await executable.dispose();
  }
}
