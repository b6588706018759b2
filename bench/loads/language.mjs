import { integers, stepProgram, TrainingStep } from "./step.mjs";

/**
 * The training step of a language model: an embedding, layers of cells, a loop each, and the cross-entropy of the next
 * token. Tokens are drawn evenly: what they are costs nothing.
 *
 * @param pairs how many are timed, where a step takes long
 */
export const languageLoad = (config, pairs) => ({
  config,
  pairs,
  rivals: { pytorch: { module: "language", variants: ["eager"] } },
  flops: (parameters) =>
    6 * (parameters - config.vocabulary * config.embedding) * config.steps * config.batch,
  create: (vrnn, shards) => {
    const { vocabulary, steps, batch } = config;
    const network = networkOf(vrnn, config);
    const tokens = (name) => vrnn.graph.input(name, ["T", "B"], "int64");
    const inputs = { tokens: tokens("tokens"), targets: tokens("targets") };
    const { parameters } = network;
    const loss = (net, { tokens, targets }) =>
      crossEntropy(vrnn.graph, network.logits(net, tokens), targets, steps * batch);
    return TrainingStep.create(vrnn, shards, {
      program: stepProgram(vrnn, { parameters, inputs, loss, rows: batch / shards }),
      parameters,
      batch: {
        tokens: integers(vrnn, "tokens", 1, [steps, batch], vocabulary),
        targets: integers(vrnn, "targets", 1, [steps, batch], vocabulary),
      },
    });
  },
});

function networkOf(vrnn, { cell, layers, hidden, embedding, vocabulary }) {
  const { Embedding, Linear, graph } = vrnn;
  const Cell = { gru: vrnn.GRU, lstm: vrnn.LSTM }[cell];
  const table = new Embedding("embedding", vocabulary, embedding);
  const width = (layer) => (layer === 0 ? embedding : hidden);
  const cells = Array.from(
    { length: layers },
    (_, layer) => new Cell(`layer${layer}`, { x: width(layer) }, hidden),
  );
  const output = new Linear("output", { h: hidden }, vocabulary);
  return {
    parameters: [table, ...cells, output].flatMap(({ parameters }) => parameters),
    logits: (net, tokens) => {
      const last = cells.reduce((x, own) => overTime(graph, net, own, x), table.rows(net, tokens)); // [T, B, H]
      return output.apply(net, { h: last }); // [T, B, V]
    },
  };
}

/** What a cell makes of a sequence from zeros on, `[T, B, H]`. */
function overTime(graph, net, cell, x) {
  const zeros = (width) => graph.filledLike({ dtype: "float32", shape: ["B", width] }, 0);
  const state = Object.fromEntries(
    Object.entries(cell.stateSizes).map(([part, width]) => [part, zeros(width)]),
  );
  const { outputs } = graph.scan({
    state,
    over: { x },
    step: (before, slices) => {
      const after = cell.step(net, slices, before);
      return { state: after, outputs: { h: after.h } };
    },
  });
  return outputs.h;
}

/** The mean over all tokens of the batch, of which a shard sees some. */
function crossEntropy(graph, logits, targets, count) {
  const chosen = graph.gatherAlong(graph.logSoftmax(logits), graph.unsqueeze(targets, -1), -1); // [T, B, 1]
  return graph.div(graph.neg(graph.sum(chosen)), count);
}
