/** What a model makes of frames that it has seen. */
import type { FramesField } from "../data/fields.ts";
import { wholeSpans } from "../data/plan.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import { unrollProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";
import { perStep, rowOf } from "./rows.ts";
import { overRows, type ReadSource } from "./unrolled-rows.ts";

/** The clips that are looked at, and how. */
export interface ReconstructionOptions extends Omit<ReadSource, "seed"> {
  /** The most clips computed side by side; 4 unless told. */
  readonly batchSize?: number;
  /** The most frames of each computed at once; 8 unless told. */
  readonly window?: number;
}

/** A frame beside what was made of it. */
export interface FrameReconstruction {
  /** Which clip of the source. */
  readonly i: number;
  /** Which frame of it, from 0. */
  readonly t: number;
  /** `[H·W·C]`, from 0 to 1. */
  readonly seen: Float64Array;
  /** `[H·W·C]`, from 0 to 1: E[x | z, past], z at the mean of its posterior, which has read the frame. */
  readonly expected: Float64Array;
}

/** The mean of a latent variable is what a draw of no noise gives (`LatentDistribution.sample`). */
const atMean = { fillNormal: (noise: Float32Array): void => void noise.fill(0) };

/**
 * What the posterior makes of each frame of some clips, clips of similar lengths side by side.
 *
 * @example
 * for await (const { seen, expected } of frameReconstructions({ ...settings, source }))
 *   meanSquare(seen, expected); // 0.0009
 */
export async function* frameReconstructions(
  options: ReconstructionOptions,
): AsyncGenerator<FrameReconstruction> {
  const { runtime, model, weights, fields, source, batchSize = 4, window = 8 } = options;
  const { range } = fields["x"] as FramesField;
  const [lowest, highest] = range;
  const program = unrollProgram(model, ["emissionMean"], frozen(weights));
  const executable = await compileFinite(runtime, program);
  try {
    const spans = wholeSpans(await source.index()).filter(({ to }) => to > 0); // there is no loop of no steps
    const feeder = new ModelFeeder(model, fields);
    const unrolled = { executable, model, weights, feeder, source, spans, batchSize, window };
    for await (const { rows, parts, results } of overRows({ ...unrolled, noiseOf: () => atMean }))
      for (const [b, { i, from, to }] of rows.entries()) {
        const expected = perStep(rowOf(results["emissionMean"]!, b, to - from), to - from);
        const bytes = parts[b]!.values["x"] as Uint8Array;
        const shares = Float64Array.from(bytes, (byte) => (byte - lowest) / (highest - lowest));
        for (const [t, seen] of perStep(shares, to - from).entries())
          yield { i, t: from + t, seen, expected: expected[t]! };
      }
  } finally {
    await executable.dispose();
  }
}
