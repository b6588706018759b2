/**
 * Learning without gradients: the iterations of Baum and Welch, by which the likelihood never lowers, find the two states
 * of a machine that idles or works for a while.
 */
import { datasetFromArrays, Hmm, initialWeights, Random, scoreSequences } from "vrnn";
import { nodeRuntime } from "vrnn/node";

/** Idle around 1, at work around 4; it stays as it is nine steps of ten. */
const machines = Array.from({ length: 20 }, (_, i) => {
  const random = Random.stream(i, "machine");
  let works = random.uniform() < 0.5;
  return {
    load: Array.from({ length: 100 }, () => {
      if (random.uniform() < 0.1) works = !works;
      return works ? 4 + 0.8 * random.normal() : 1 + 0.5 * random.normal();
    }),
  };
});
const { columns, splits } = datasetFromArrays(machines);
const steps = splits.train.reduce((sum, { length }) => sum + length, 0);

/** The log-likelihoods before each of some iterations, and the weights after the last. */
function learnt(states: number, iterations: number) {
  const model = new Hmm({ columns, states });
  let weights = initialWeights(model.parameters, 1);
  const course: number[] = [];
  for (const step of model.expectationMaximisation(weights, splits.train)) {
    weights = step.weights;
    if (course.push(step.logLikelihood) === iterations) break;
  }
  return { model, weights, course };
}

const { model, weights, course } = learnt(2, 60);
for (const i of [0, 4, 9, 59])
  console.log(`iteration ${i + 1}: ${(course[i]! / steps).toFixed(4)} nats per step`);
// Where it has arrived, what is left is the rounding of a sum of some two thousand nats in float64.
const rises = course.slice(1).map((nats, i) => nats - course[i]!);
console.log(`least that an iteration added: ${Math.min(...rises).toExponential(1)} nats`);

const held = async ({ model, weights }: Pick<ReturnType<typeof learnt>, "model" | "weights">) => {
  const runtime = nodeRuntime();
  const scores = await scoreSequences({ runtime, model, weights, columns, sequences: splits.test, seed: 1 });
  const total = scores.flatMap(({ total }) => [...total]);
  return (total.reduce((sum, nats) => sum + nats, 0) / total.length).toFixed(4);
};
console.log(`held out, by two states: ${await held({ model, weights })} nats per step`);
console.log(`by one: ${await held(learnt(1, 5))} nats per step`);

// Weights are two logits of the first state, four of moves, and of each state a mean and a raw scale.
const [{ mean, standardDeviation }] = columns as [(typeof columns)[0]];
const levels = [0, 1]
  .map((state) => weights[6 + 2 * state]! * standardDeviation + mean)
  .toSorted((a, b) => a - b);
console.log(`states around ${levels.map((level) => level.toFixed(2)).join(" and ")}`);
const stays = [0, 1].map((k) => 1 / (1 + Math.exp(weights[2 + 2 * k + (1 - k)]! - weights[2 + 2 * k + k]!)));
console.log(`a state stays with probability ${stays.map((stay) => stay.toFixed(2)).join(" and ")}`);
