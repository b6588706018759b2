import { batched, normals, scalar, TrainingStep, zeros } from "./step.mjs";

/** The share of ones. */
export const rate = 0.3;

/** Columns of yes and no. */
export const binaryColumns = (count) =>
  Array.from({ length: count }, (_, i) => ({
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
  }));

/** Independent entries of such columns. */
export function randomBits(vrnn, length) {
  const random = vrnn.Random.stream(1, "bench", "x");
  return Float32Array.from({ length }, () => (random.uniform() < rate ? 1 : 0));
}

/**
 * The training step of a VRNN with GRU cells, a residual posterior and Bernoulli outputs.
 *
 * @param others rivals that can run it beside PyTorch, by name
 */
export const vrnnLoad = (config, others = {}) => ({
  config,
  rivals: { pytorch: { module: "vrnn", variants: ["eager", "hoisted"] }, ...others },
  flops: (parameters) => 6 * parameters * config.steps * config.batch,
  create: (vrnn, shards) => {
    const { x, hidden, latent, batch } = config;
    const columns = binaryColumns(x);
    const model = new vrnn.Vrnn({ columns, hidden, latent, cell: "gru", layers: 1, residual: true });
    return TrainingStep.create(vrnn, shards, {
      program: vrnn.gradientProgram(model, vrnn.objectives.elbo.create({}), {
        passes: vrnn.nodeRuntime().passesFor?.({ B: batch / shards }),
      }),
      parameters: model.parameters,
      ...inputsOf(vrnn, config),
    });
  },
});

function inputsOf(vrnn, { x, hidden, latent, batch, steps }) {
  const values = randomBits(vrnn, steps * batch * x);
  const perColumn = (value) => ({ dtype: "float32", shape: [x], data: new Float32Array(x).fill(value) });
  return {
    batch: {
      x: batched(1, "float32", [steps, batch, x], values),
      mask: batched(1, "float32", [steps, batch, x], new Float32Array(values.length).fill(1)),
      noise: normals(vrnn, "noise", 1, [steps, batch, latent]),
      "state.h": zeros(batch, [hidden]),
    },
    shared: { klWeight: scalar(1), "count.observedSteps": scalar(steps * batch) },
    beside: { center: perColumn(rate), scale: perColumn(1) },
  };
}
