import { named, timesOf } from "./step.mjs";

/** Next to none: every draw is the likeliest token. */
const TEMPERATURE = 1e-6;

/**
 * Texts that a language model without latent variables makes up, some side by side, each token drawn and read before the next:
 * from weights to tokens, what a call costs once included. They are drawn at next to no temperature, by the same steps as
 * others, so that both sides have to come to the same tokens.
 */
export const generateLoad = (config) => ({
  config: { ...config, temperature: TEMPERATURE },
  shards: [1],
  rivals: { pytorch: { module: "generate", variants: ["eager"] } },
  create: (vrnn) => {
    const { vocabulary, embedding, hidden, layers } = config;
    const sizes = { tokens: vocabulary, embedding, tied: false, hidden, latent: 0, cell: "lstm", layers };
    const model = new vrnn.Vrnn(sizes);
    const weights = vrnn.initialWeights(model.parameters, 1);
    const runtime = vrnn.nodeRuntime();
    return Object.assign(new Writer(), { vrnn, config, settings: { runtime, model, weights } });
  },
});

class Writer {
  times(count) {
    return timesOf(count, () => this.#run());
  }

  #run() {
    const { count, steps } = this.config;
    return this.vrnn.generateRows({ ...this.settings, count, steps, seed: 1, temperature: TEMPERATURE });
  }

  async tensors() {
    const { count, steps } = this.config;
    const { model, weights } = this.settings;
    const ids = Float32Array.from((await this.#run()).flatMap(({ x }) => [...x]));
    return {
      weights: named(model.parameters, weights),
      inputs: {},
      gradients: { ids: { dtype: "float32", shape: [count, steps], data: ids } },
    };
  }

  dispose() {}
}
