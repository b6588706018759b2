import { existsSync } from "node:fs";
import { join } from "node:path";
import { named, timesOf } from "./step.mjs";

const root = join(import.meta.dirname, "../..");
const data = process.env.VRNN_DATA ?? join(root, "../shared/data");

const training = { epochs: 1, batchSize: 8, clip: 5, seed: 1 };

/**
 * From a file to the end of the first epoch: reading it, making the model ready, all updates with Adam and a bound on the
 * gradient's norm, and the bound of the validation data. Rivals do the same batches from the same weights, with noise of
 * their own: instead of gradients the mean bound of the training data is compared.
 */
const epochLoad = ({ path, reader, ...config }) => ({
  config: { ...training, path, reader, ...config },
  rivals: { pytorch: { module: "epoch", variants: ["hoisted"] } },
  create: (vrnn, shards) => Epoch.create(vrnn, { ...training, path, ...config, shards }),
});

export const jsbEpoch = epochLoad({
  path: join(data, "music/jsb-chorales.json.gz"),
  reader: "music",
  hidden: 128,
  latent: 32,
  window: 256,
  learningRate: 1e-3,
});

export const telemetryEpoch = epochLoad({
  path: join(root, "assets/telemetry"),
  reader: "tables",
  hidden: 64,
  latent: 16,
  window: 100,
  learningRate: 3e-3,
});

class Epoch {
  static async create(vrnn, options) {
    if (!existsSync(options.path)) throw new Error(`there is no ${options.path}`);
    const epoch = Object.assign(new Epoch(), { vrnn, options });
    epoch.weights = vrnn.initialWeights(
      epoch.#model(vrnn.readDataset(options.path)).parameters,
      options.seed,
    );
    await epoch.times(1);
    return epoch;
  }

  times(count) {
    return timesOf(count, () => this.#run());
  }

  /** @returns the mean bound over the epoch, in nats per step */
  async #run() {
    const { vrnn } = this;
    const data = vrnn.readDataset(this.options.path);
    const trainer = await vrnn.Trainer.create({
      model: this.#model(data),
      data,
      options: this.#training(),
      runtime: vrnn.nodeRuntime(),
    });
    const events = [];
    for await (const event of trainer.fit()) events.push(event);
    await trainer.dispose();
    return events.find(({ type }) => type === "epoch").train.natsPerStep;
  }

  #model({ columns }) {
    const { hidden, latent } = this.options;
    return new this.vrnn.Vrnn({ columns, hidden, latent, cell: "gru", layers: 1, residual: true });
  }

  #training() {
    const { path: _, hidden: __, latent: ___, ...options } = this.options;
    return this.vrnn.trainingOptions.parse(options);
  }

  async tensors() {
    const { columns, splits } = this.vrnn.readDataset(this.options.path);
    const { parameters } = this.#model({ columns });
    const numbers = (values) => ({
      dtype: "float32",
      shape: [values.length],
      data: Float32Array.from(values),
    });
    return {
      weights: named(parameters, this.weights),
      inputs: {
        plan: this.#plan(splits.train),
        centre: numbers(columns.map(({ mean }) => mean)),
        deviation: numbers(columns.map(({ standardDeviation: deviation }) => deviation || 1)),
        cell: numbers(columns.map(({ resolution }) => resolution)),
      },
      gradients: { natsPerStep: numbers([await this.#run()]) },
    };
  }

  /** The batches of the epoch, `[batches, rows, 4]`: sequence, first step, step after the last, and whether a row goes on. */
  #plan(sequences) {
    const { planBatches, trainingSpans, Random } = this.vrnn;
    const { batchSize, window, seed } = this.options;
    const index = sequences.map(({ name, length }) => ({ name, length }));
    const order = Random.stream(seed, "order", 0);
    const random = (bound) => order.integer(bound);
    const plan = planBatches(trainingSpans(index, { batchSize, window }), { batchSize, window, random });
    const rowOf = (span, place) =>
      span === undefined ? [-1, 0, 0, 0] : [span.i, span.from, span.to, Number(place > 0)];
    const entries = plan.flatMap(({ rows, place }) =>
      Array.from({ length: batchSize }, (_, row) => rowOf([...rows][row], place)).flat(),
    );
    return {
      dtype: "int64",
      shape: [plan.length, batchSize, 4],
      data: BigInt64Array.from(entries, (entry) => BigInt(entry)),
    };
  }

  dispose() {}
}
