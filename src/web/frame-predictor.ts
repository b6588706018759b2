/** A run of moving pictures at work on a clip, as a page's worker has it: it reads a clip, and draws what may come after. */
import type { MemorySequence } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import { generateRows } from "../inference/generate.ts";
import { prefixStates } from "../inference/prefix.ts";
import { scoreRows } from "../inference/score.ts";
import { capabilitiesOf } from "../models/model.ts";
import type { TrainedModel } from "../run/run.ts";
import { framesOf } from "../run/run-fields.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { clipFromFiles } from "./clip-file.ts";
import type { ClipFutures, FuturesWanted, SeenClip } from "./frames-messages.ts";
import { type RunFiles, trainedModelIn } from "./open-run.ts";

/** Frames computed at once: a page has less memory than a machine. */
const WINDOW = 8;
/** By this seed `vrnn score` draws latent variables unless told. */
const SCORE_SEED = 1;
/** So many frames of futures at most, of all together: they are held in memory. */
const MOST_FRAMES = 2000;

/**
 * Predicts the frames of clips as the command line does: `vrnn score RUN --data clip.gif` and `vrnn sample RUN --prefix clip.gif`.
 *
 * @example
 * const predictor = await FramePredictor.open({ config, weights }, await webRuntime());
 * const { length } = await predictor.read([gif]);
 * await predictor.surprise(); // [length], such as Float64Array [53083.1, 24243.9, ...]
 * const { expected, mean } = await predictor.predict({ steps: 8, count: 4, seed: 1 });
 */
export class FramePredictor {
  /** Of a frame: `[H, W]`, or `[H, W, C]`. */
  readonly shape: readonly number[];
  private readonly trained: TrainedModel;
  private readonly runtime: Runtime;
  private clip: MemorySequence | undefined;

  private constructor(trained: TrainedModel, runtime: Runtime) {
    this.shape = framesOf(trained.config).shape;
    this.trained = trained;
    this.runtime = runtime;
  }

  /** @throws VrnnError `run/no-frames` for a run of anything but moving pictures, and what `openRunFiles` throws */
  static async open(run: RunFiles, runtime: Runtime): Promise<FramePredictor> {
    const trained = await trainedModelIn(run);
    const { name } = trained.config.modality;
    if (name === "images") return new FramePredictor(trained, runtime);
    throw new VrnnError("run/no-frames", `this run is of ${name}, not of moving pictures`, {
      at: run.config.name,
      remedy: "open one of --model video-vrnn or frame-vrnn",
    });
  }

  /** Reads a clip, which all that follows is about. @throws VrnnError as `clipFromFiles` */
  async read(files: readonly File[]): Promise<SeenClip> {
    const { config } = this.trained;
    const field = framesOf(config);
    const { clip, notes } = await clipFromFiles(files, { field, schema: config.data.schema });
    this.clip = clip;
    const { name, length, values } = clip;
    const frames = Float32Array.from(values["x"] as Uint8Array, (pixel) => pixel / field.range[1]);
    return { name, length, frames, notes };
  }

  /** `[length]`: minus the bound of each frame of the clip in nats, what `vrnn score` tells as its `total`. @throws VrnnError `options/invalid` */
  async surprise(): Promise<Float64Array> {
    const { config, model, weights } = this.trained;
    const [scores] = await scoreRows({
      ...{ runtime: this.runtime, model, weights, fields: config.fields, seed: SCORE_SEED },
      sequences: [this.present()],
      ...(capabilitiesOf(model).causal && { window: WINDOW }),
    });
    return scores!.total.map((bound) => -bound);
  }

  /** Draws futures of the clip that was read last. @throws VrnnError `options/invalid` */
  async predict({ seen, steps, count, seed, temperature = 1 }: FuturesWanted): Promise<ClipFutures> {
    const begun = this.beginning(seen);
    requireWhole("steps", steps, 1, MOST_FRAMES);
    requireWhole("count", count, 1, Math.floor(MOST_FRAMES / steps));
    const { config, model, weights } = this.trained;
    const settings = { runtime: this.runtime, model, weights, seed, window: WINDOW };
    const parts = Array.from({ length: count }, () => begun);
    const states = await prefixStates({ ...settings, fields: config.fields }, parts);
    const rows = await generateRows({ ...settings, count, steps, temperature, states });
    const expected = rows.map(({ emissionMean }) => Float32Array.from(emissionMean));
    const mean = Float32Array.from(
      expected[0]!,
      (_, i) => expected.reduce((sum, own) => sum + own[i]!, 0) / count,
    );
    return { expected, drawn: rows.map(({ x }) => Float32Array.from(x)), mean };
  }

  /** The first frames of the clip. */
  private beginning(asked: number | undefined): MemorySequence {
    const clip = this.present();
    const seen = asked ?? clip.length;
    requireWhole("seen", seen, 1, clip.length);
    const x = clip.values["x"] as Uint8Array;
    return { ...clip, length: seen, values: { x: x.subarray(0, (seen * x.length) / clip.length) } };
  }

  private present(): MemorySequence {
    if (this.clip !== undefined) return this.clip;
    throw new VrnnError("options/invalid", "no clip was read yet", { remedy: "read one first" });
  }
}

/** @throws VrnnError `options/invalid` */
function requireWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new VrnnError("options/invalid", `${value} is no whole number from ${least} to ${most}`, {
    at: name,
    remedy: "give another one",
  });
}
