import { batched, integers, normals, stepProgram, TrainingStep } from "./step.mjs";

/** Connectionist temporal classification of logits `[T, B, K]`, level 0 the blank: the loss and the logits' gradient. */
export const ctcLoad = (config) => ({
  config,
  rivals: { pytorch: { module: "ctc", variants: ["eager"] } },
  create: (vrnn, shards) => {
    const { steps, batch, levels, labels: count } = config;
    const { graph } = vrnn;
    const inputs = {
      logits: graph.input("logits", ["T", "B", levels]),
      labels: graph.input("labels", ["B", count], "int64"),
      steps: graph.input("steps", ["B"], "int64"),
      counts: graph.input("counts", ["B"], "int64"),
    };
    const loss = (_, { logits, labels, steps: lengths, counts }) => {
      const { nats } = vrnn.ctc(graph.logSoftmax(logits), labels, { steps: lengths, labels: counts });
      return graph.div(graph.sum(nats), batch);
    };
    const labels = labelsOf(vrnn, config);
    return TrainingStep.create(vrnn, shards, {
      program: stepProgram(vrnn, { parameters: [], inputs, loss, wanted: ["logits"] }),
      parameters: [],
      batch: {
        logits: normals(vrnn, "logits", 1, [steps, batch, levels]),
        labels,
        steps: batched(0, "int64", [batch], new BigInt64Array(batch).fill(BigInt(steps))),
        counts: batched(0, "int64", [batch], new BigInt64Array(batch).fill(BigInt(count))),
      },
      beside: { labels: labels.value },
    });
  },
});

/** Labels from 1 up. */
function labelsOf(vrnn, { batch, labels, levels }) {
  const drawn = integers(vrnn, "labels", 0, [batch, labels], levels - 1);
  const data = drawn.value.data.map((label) => label + 1n);
  return batched(0, "int64", [batch, labels], data);
}
