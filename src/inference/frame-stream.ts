/** A model on frames that come in one at a time. */
import type { Fields } from "../data/fields.ts";
import { type Model, noiseWidth } from "../models/model.ts";
import { ModelFeeder } from "../models/model-feeder.ts";
import type { Random } from "../random/generator.ts";
import { type Executable, float32, type Runtime, type Values } from "../runtime/runtime.ts";
import { carriedStates, restingStates } from "../train/feeds.ts";
import { unrollProgram } from "../train/programs.ts";
import { compileFinite } from "./finite.ts";
import type { FrameMeasureName } from "./frame-measure-names.ts";
import { type FrameMeasure, frameMeasureOf } from "./frame-measures.ts";
import { frozen } from "./frozen.ts";
import { rowDraws, rowOf } from "./rows.ts";
import { scoreNoise } from "./score.ts";

/** The model that looks at frames, and by what. */
export interface FrameStreamOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  /** Those that the model was made for. */
  readonly fields: Fields;
  readonly measure: FrameMeasureName;
  readonly seed: number;
}

/**
 * Looks at one frame at a time, and keeps the state between them: the same maps as `frameMaps` gives of the whole clip (up to
 * rounding), at the same cost for each frame however long the clip is.
 *
 * @example
 * const stream = await FrameStream.open({ runtime, model, weights, fields, measure: "surprise", seed: 1 });
 * stream.begin("walk");
 * const map = await stream.step(frame); // Float64Array [H·W]: nats of each pixel
 * await stream.close();
 */
export class FrameStream {
  private readonly measure: FrameMeasure;
  private readonly executable: Executable;
  private readonly feeder: ModelFeeder;
  private readonly parameters: Values;
  private readonly seed: number;
  private states: Values;
  private noise: Random;

  private constructor(options: FrameStreamOptions, measure: FrameMeasure, executable: Executable) {
    const { weights, fields, seed } = options;
    this.measure = measure;
    this.executable = executable;
    this.feeder = new ModelFeeder(measure.model, fields);
    this.parameters = { parameters: float32([weights.length], weights) };
    this.seed = seed;
    this.states = restingStates(measure.model, 1);
    this.noise = scoreNoise(seed, { name: "stream" });
  }

  /** @throws VrnnError `frames/latents` for a divergence of a model without latent variables */
  static async open(options: FrameStreamOptions): Promise<FrameStream> {
    const { runtime, model, weights, fields } = options;
    const measure = frameMeasureOf(model, fields, options.measure);
    const program = unrollProgram(measure.model, measure.parts, frozen(weights));
    return new FrameStream(options, measure, await compileFinite(runtime, program));
  }

  /** Begins a clip: nothing was seen before it. @param name with the seed it says which noise is drawn, as for `frameMaps` */
  begin(name: string): void {
    this.states = restingStates(this.measure.model, 1);
    this.noise = scoreNoise(this.seed, { name });
  }

  /**
   * How odd each pixel of the next frame is, `[H·W]`. It is to be awaited before another one is given.
   *
   * @param frame `[H·W·C]`: its pixels, as the field stores them
   * @throws VrnnError `data/width` for another number of pixels
   */
  async step(frame: Uint8Array): Promise<Float64Array> {
    const { model, parts, map } = this.measure;
    const [fed] = this.feeder.feed([{ length: 1, values: { x: frame } }]);
    const noise = rowDraws([(numbers) => this.noise.fillNormal(numbers)], [1], 1, noiseWidth(model)); // [1, 1, width]
    const feeds = { ...this.parameters, ...fed, noise, ...this.states };
    const results = await this.executable.run(feeds);
    this.states = carriedStates(results);
    return map(Object.fromEntries(parts.map((part) => [part, rowOf(results[part]!, 0, 1)])), frame);
  }

  /** Gives back its session. */
  close(): Promise<void> {
    return this.executable.dispose();
  }
}
