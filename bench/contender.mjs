import { tableFields } from "../dist/data/field-dataset.js";
import { Vrnn } from "../dist/models/vrnn/vrnn.js";
import { countOf } from "../dist/nn/parameters.js";
import { plainElbo } from "../dist/objectives/elbo.js";
import { layoutFor } from "../dist/passes/layout.js";
import { Random } from "../dist/random/generator.js";
import { nodeRuntime } from "../dist/runtime/node.js";
import { emptyFloat32, float32, scalarValue } from "../dist/runtime/runtime.js";
import { BatchFeeder } from "../dist/train/feeds.js";
import { gradientProgram } from "../dist/train/programs.js";
import { eachParameter, initialWeights } from "../dist/train/weights.js";

/** The four sizes that are compared. */
export const configurations = {
  tiny: { x: 4, hidden: 32, latent: 8, batch: 32, steps: 64, repetitions: 20 },
  music: { x: 88, hidden: 128, latent: 32, batch: 16, steps: 100, repetitions: 8 },
  mid: { x: 200, hidden: 256, latent: 64, batch: 64, steps: 100, repetitions: 2 },
  big: { x: 200, hidden: 512, latent: 128, batch: 64, steps: 50, repetitions: 2 },
};

const rate = 0.3;
const shards = 2;
const noiseSource = { seed: 1, labels: ["bench"], dropout: 0 };

export const yesNo = (_, i) => ({
  name: `c${i}`,
  kind: "binary",
  levels: [],
  resolution: 0,
  mean: rate,
  standardDeviation: 1,
  minimum: 0,
  maximum: 1,
  missing: 0,
  shares: [],
});

/** Our side of the comparison: forward pass, backward pass and all gradients of one batch. */
export class Contender {
  static async create(name) {
    const { repetitions, ...config } = configurations[name];
    const { x, hidden, latent, batch: rows, steps } = config;
    const columns = Array.from({ length: x }, yesNo);
    const model = new Vrnn({ columns, hidden, latent, cell: "gru", layers: 1, residual: true });
    const program = gradientProgram(model, plainElbo, { layout: layoutFor({ B: rows / shards }) });
    const executable = await nodeRuntime().compileShards(program, shards);
    const contender = Object.assign(new Contender(), {
      config,
      repetitions,
      model,
      executable,
      columns,
      parts: someParts(steps, rows, x),
      feeder: new BatchFeeder(model, tableFields({ columns }), shards),
    });
    await contender.times(2);
    return contender;
  }

  get parameters() {
    return countOf(this.model.parameters);
  }

  get rows() {
    return this.config.steps * this.config.batch;
  }

  get weights() {
    this.flat ??= initialWeights(this.model.parameters, 1);
    return this.flat;
  }

  async #run() {
    const { steps, batch: rows } = this.config;
    const states = this.feeder.restingStates(rows);
    const feeds = this.feeder.feed(this.parts, noiseSource).map((own, i) => ({ ...own, ...states[i] }));
    const shared = {
      parameters: float32([this.parameters], this.weights),
      klWeight: scalarValue(1),
      "count.observedSteps": scalarValue(steps * rows),
    };
    const start = performance.now();
    const results = await this.executable.run(shared, feeds);
    return { ms: performance.now() - start, results };
  }

  async times(count) {
    const times = [];
    for (let i = 0; i < count; i++) times.push((await this.#run()).ms);
    return times;
  }

  weightTensors() {
    return this.#named(this.weights);
  }

  async gradientTensors() {
    const { results } = await this.#run();
    const sum = new Float32Array(this.parameters);
    for (const { gradient } of results) for (let i = 0; i < sum.length; i++) sum[i] += gradient.data[i];
    return this.#named(sum);
  }

  /** The same batch as our shards see it, in one piece. */
  inputTensors() {
    const { steps, batch: rows, x, latent } = this.config;
    const tensor = (shape, data) => ({ dtype: "F32", shape, data });
    const whole = new BatchFeeder(this.model, tableFields({ columns: this.columns }), 1);
    const [{ x: values, mask }] = whole.feed(this.parts, noiseSource);
    return {
      x: tensor([steps, rows, x], values.data),
      mask: tensor([steps, rows, x], mask.data),
      eps: tensor([steps, rows, latent], this.#joinedNoise()),
      center: tensor([x], new Float32Array(x).fill(rate)),
      scale: tensor([x], new Float32Array(x).fill(1)),
    };
  }

  #joinedNoise() {
    const { steps, batch: rows, latent } = this.config;
    const joined = emptyFloat32([steps, rows, latent]).data;
    let from = 0;
    for (const { noise } of this.feeder.feed(this.parts, noiseSource)) {
      const width = noise.shape[1] * latent;
      for (let t = 0; t < steps; t++)
        joined.set(noise.data.subarray(t * width, (t + 1) * width), (t * rows + from) * latent);
      from += noise.shape[1];
    }
    return joined;
  }

  #named(flat) {
    return Object.fromEntries(
      eachParameter(this.model.parameters, flat).map(({ parameter: { name, shape }, values }) => [
        name,
        { dtype: "F32", shape, data: values.slice() },
      ]),
    );
  }

  dispose() {
    return this.executable.dispose();
  }
}

/** Rows of yes and no, one for each row of the batch. */
function someParts(steps, rows, width) {
  const random = Random.stream(1, "bench", "data");
  return Array.from({ length: rows }, () => {
    const x = Float64Array.from({ length: steps * width }, () => (random.uniform() < rate ? 1 : 0));
    return { length: steps, values: { x } };
  });
}
