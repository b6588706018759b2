import { batched, TrainingStep } from "./step.mjs";

const rate = 0.3;

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

/** The training step of a VRNN with GRU cells, a residual posterior and Bernoulli outputs. */
export const vrnnLoad = (config) => ({
  config,
  rivals: { pytorch: { module: "vrnn", variants: ["eager", "hoisted"] } },
  flops: (parameters) => 6 * parameters * config.steps * config.batch,
  create: (vrnn, shards) => {
    const { x, hidden, latent, batch } = config;
    const columns = Array.from({ length: x }, yesNo);
    const model = new vrnn.Vrnn({ columns, hidden, latent, cell: "gru", layers: 1, residual: true });
    return TrainingStep.create(vrnn, shards, {
      program: vrnn.gradientProgram(model, vrnn.objectives.elbo.create({}), {
        layout: vrnn.nodeRuntime().layoutFor?.({ B: batch / shards }),
      }),
      parameters: model.parameters,
      ...inputsOf(vrnn, config),
    });
  },
});

function inputsOf(vrnn, { x, hidden, latent, batch, steps }) {
  const stream = (name) => vrnn.Random.stream(1, "bench", name);
  const data = stream("x");
  const values = Float32Array.from({ length: steps * batch * x }, () => (data.uniform() < rate ? 1 : 0));
  const noise = new Float32Array(steps * batch * latent);
  stream("noise").fillNormal(noise);
  const number = (value) => ({ dtype: "float32", shape: [], data: Float32Array.of(value) });
  const perColumn = (value) => ({ dtype: "float32", shape: [x], data: new Float32Array(x).fill(value) });
  return {
    batch: {
      x: batched(1, "float32", [steps, batch, x], values),
      mask: batched(1, "float32", [steps, batch, x], new Float32Array(values.length).fill(1)),
      noise: batched(1, "float32", [steps, batch, latent], noise),
      "state.h": batched(0, "float32", [batch, hidden], new Float32Array(batch * hidden)),
    },
    shared: { klWeight: number(1), "count.observedSteps": number(steps * batch) },
    beside: { center: perColumn(rate), scale: perColumn(1) },
  };
}
