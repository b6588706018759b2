import { named, timesOf } from "./step.mjs";
import { binaryColumns, randomBits, rate } from "./vrnn.mjs";

/**
 * One sequence, a step at a time, each scored before the next is known: some steps of a live stream. Rivals draw noise of
 * their own, so the mean bound is compared.
 */
export const streamLoad = (config) => ({
  config,
  shards: [1],
  rivals: { pytorch: { module: "stream", variants: ["eager"] } },
  create: async (vrnn) => {
    const { x, hidden, latent } = config;
    const columns = binaryColumns(x);
    const model = new vrnn.Vrnn({ columns, hidden, latent, cell: "gru", layers: 1, residual: true });
    const weights = vrnn.initialWeights(model.parameters, 1);
    const runtime = vrnn.nodeRuntime();
    const stream = await vrnn.Stream.open({ runtime, model, weights, columns, seed: 1, forecast: "none" });
    return Object.assign(new Live(), { vrnn, config, model, weights, stream, begin: stream.state });
  },
});

class Live {
  times(count) {
    return timesOf(count, () => this.#run());
  }

  /** @returns the mean bound in nats per step */
  async #run() {
    const { x: width, steps } = this.config;
    this.values ??= randomBits(this.vrnn, steps * width);
    this.stream.restore(this.begin);
    let total = 0;
    for (let t = 0; t < steps; t++)
      total += (await this.stream.step(this.values.subarray(t * width, (t + 1) * width))).total;
    return total / steps;
  }

  async tensors() {
    const { x, steps } = this.config;
    const nats = await this.#run();
    const numbers = (shape, data) => ({ dtype: "float32", shape, data });
    return {
      weights: named(this.model.parameters, this.weights),
      inputs: {
        x: numbers([steps, x], this.values),
        center: numbers([x], new Float32Array(x).fill(rate)),
      },
      gradients: { natsPerStep: numbers([1], Float32Array.of(nats)) },
    };
  }

  dispose() {
    return this.stream.close();
  }
}
