import { batched, integers, scalar, TrainingStep, zeros } from "./step.mjs";

/**
 * The training step of a whole translator without latent variables (`--model translate`): the encoder in both directions, the
 * conditional GRU with attention, and the cross-entropy of what is written by the table that reads it. All texts are as long
 * as the longest: nobody is helped by padding.
 */
export const translatorLoad = (config) => ({
  config,
  rivals: { pytorch: { module: "translator", variants: ["eager", "hoisted"] } },
  flops: () => flopsOf(config),
  create: (vrnn, shards) => {
    const { tokens, embedding, hidden, batch } = config;
    const model = new vrnn.Translator({ tokens, embedding, hidden, latent: 0 });
    const program = vrnn.gradientProgram(model, vrnn.objectives.elbo.create({}), {
      passes: vrnn.nodeRuntime().passesFor?.({ B: batch / shards }),
    });
    return TrainingStep.create(vrnn, shards, {
      program,
      parameters: model.parameters,
      ...inputsOf(vrnn, model, config),
    });
  },
});

function inputsOf(vrnn, model, { tokens, places, steps, batch }) {
  const states = Object.entries({ ...model.state, begun: [1] });
  const whole = (count, size) => BigInt64Array.from({ length: count }, () => BigInt(size));
  return {
    batch: {
      x: integers(vrnn, "x", 1, [steps, batch], tokens),
      mask: batched(1, "float32", [steps, batch], new Float32Array(steps * batch).fill(1)),
      source: integers(vrnn, "source", 1, [places, batch], tokens),
      lengths: batched(0, "int64", [batch], whole(batch, places)),
      ...Object.fromEntries(states.map(([part, shape]) => [`state.${part}`, zeros(batch, shape)])),
    },
    shared: { klWeight: scalar(1), "count.observedSteps": scalar(steps * batch) },
  };
}

/** Three times the products of the forward pass. */
function flopsOf({ tokens, embedding, hidden, places, steps, batch }) {
  const context = 2 * hidden;
  const encoder = places * 2 * (embedding + hidden) * 3 * hidden;
  const attention = places * context * hidden + steps * (hidden * hidden + places * (hidden + context));
  const decoder = steps * (embedding + hidden + context + hidden) * 3 * hidden;
  const output = steps * embedding * (hidden + context + embedding + tokens);
  return 6 * batch * (encoder + attention + decoder + output);
}
