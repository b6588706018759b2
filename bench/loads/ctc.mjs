import { batched, integers, normals, stepProgram, TrainingStep } from "./step.mjs";

/** log 0, but finite: no difference of two is NaN. */
const impossible = -1e30;

/**
 * Connectionist temporal classification (Graves et al. 2006) of logits `[T, B, K]`, level 0 the blank: the loss and the
 * logits' gradient. The forward recursion is a plain scan in logarithms.
 */
export const ctcLoad = (config) => ({
  config,
  rivals: { pytorch: { module: "ctc", variants: ["eager"] } },
  create: (vrnn, shards) => {
    const { steps, batch, levels, labels } = config;
    const { graph } = vrnn;
    const states = 2 * labels + 1;
    const inputs = {
      logits: graph.input("logits", ["T", "B", levels]),
      states: graph.input("states", ["B", states], "int64"),
      skips: graph.input("skips", ["B", states]),
    };
    const loss = (_, given) => graph.div(graph.sum(negativeLogLikelihood(graph, given)), batch);
    return TrainingStep.create(vrnn, shards, {
      program: stepProgram(vrnn, { parameters: [], inputs, loss, wanted: ["logits"] }),
      parameters: [],
      batch: {
        logits: normals(vrnn, "logits", 1, [steps, batch, levels]),
        ...pathsOf(labelsOf(vrnn, config).value, states),
      },
      beside: { labels: labelsOf(vrnn, config).value },
    });
  },
});

/** Labels from 1 up. */
function labelsOf(vrnn, { batch, labels, levels }) {
  const drawn = integers(vrnn, "labels", 0, [batch, labels], levels - 1);
  const data = drawn.value.data.map((label) => label + 1n);
  return batched(0, "int64", [batch, labels], data);
}

/** The states of each row, blank, label, blank ..., and how much it costs to enter one from the last but one: nothing or all. */
function pathsOf({ data, shape: [batch, labels] }, count) {
  const states = new BigInt64Array(batch * count);
  const skips = new Float32Array(batch * count).fill(impossible);
  for (let row = 0; row < batch; row++)
    for (let i = 0; i < labels; i++) {
      const label = data[row * labels + i];
      states[row * count + 2 * i + 1] = label;
      if (i > 0 && label !== data[row * labels + i - 1]) skips[row * count + 2 * i + 1] = 0;
    }
  return {
    states: batched(0, "int64", [batch, count], states),
    skips: batched(0, "float32", [batch, count], skips),
  };
}

/** −log p of each row's labels, `[B]`. */
function negativeLogLikelihood(graph, { logits, states, skips }) {
  const count = states.shape[1];
  const places = graph.expand(states, ["T", "B", count]); // [T, B, S]
  const emissions = graph.gatherAlong(graph.logSoftmax(logits), places, -1); // [T, B, S]
  const entered = graph.constant([0, ...Array(count - 1).fill(impossible)], [1, count]);
  const { state } = graph.scan({
    state: { alpha: graph.expand(entered, ["B", count]) },
    over: { emissions },
    step: ({ alpha }, slices) => {
      const before = (by) => graph.shift(alpha, by, { axis: 1, fill: impossible }); // [B, S]
      const near = graph.logAddExp(alpha, before(1));
      const all = graph.logAddExp(near, graph.add(before(2), skips));
      return { state: { alpha: graph.add(all, slices.emissions) }, outputs: {} };
    },
  });
  const [last, blank] = graph.split(graph.slice(state.alpha, 1, count - 2), [1, 1]); // [B, 1]
  return graph.neg(graph.squeeze(graph.logAddExp(last, blank), -1));
}
