import { normals, stepProgram, TrainingStep } from "./step.mjs";

/**
 * The training step of a decoder that attends to a memory at every step (Bahdanau et al. 2015), up to its states: a GRU of
 * the words before and what was read. The gradient of the memory is wanted too, as an encoder would be taught by it.
 */
export const attentionLoad = (config) => ({
  config,
  rivals: { pytorch: { module: "attention", variants: ["eager", "hoisted"] } },
  flops: () => flopsOf(config),
  create: (vrnn, shards) => {
    const { steps, places, batch, memory, attention: width, hidden } = config;
    const attention = new vrnn.AdditiveAttention("attention", { query: hidden, memory }, width);
    const cell = new vrnn.GRU("cell", { x: hidden, context: memory }, hidden);
    const parameters = [...attention.parameters, ...cell.parameters];
    const { graph } = vrnn;
    const inputs = {
      x: graph.input("x", ["T", "B", hidden]),
      memory: graph.input("memory", ["B", "S", memory]),
      slope: graph.input("slope", ["T", "B", hidden]),
    };
    const loss = (net, { x, memory, slope }) => {
      const states = decoded(graph, net, { attention, cell, hidden }, x, memory); // [T, B, H]
      return graph.div(graph.sum(graph.mul(states, slope)), steps * batch);
    };
    return TrainingStep.create(vrnn, shards, {
      program: stepProgram(vrnn, { parameters, inputs, loss, wanted: ["memory"] }),
      parameters,
      batch: {
        x: normals(vrnn, "x", 1, [steps, batch, hidden]),
        memory: normals(vrnn, "memory", 0, [batch, places, memory]),
        slope: normals(vrnn, "slope", 1, [steps, batch, hidden]),
      },
    });
  },
});

/** The decoder's states, `[T, B, H]`. */
function decoded(graph, net, { attention, cell, hidden }, x, memory) {
  const prepared = attention.prepare(net, memory);
  const { outputs } = graph.scan({
    state: { h: graph.filledLike({ dtype: "float32", shape: ["B", hidden] }, 0) },
    over: { x },
    step: ({ h }, { x: word }) => {
      const { context } = attention.read(net, h, prepared); // [B, E]
      const after = cell.step(net, { x: word, context }, { h });
      return { state: after, outputs: after };
    },
  });
  return outputs.h;
}

/** Three times the products of the forward pass. */
function flopsOf({ steps, places, batch, memory, attention, hidden }) {
  const gates = (hidden + memory + hidden) * 3 * hidden;
  const reading = hidden * attention + places * (attention + memory);
  return 6 * batch * (steps * (gates + reading) + places * memory * attention);
}
