/**
 * An objective of one's own beside the bound: a linear layer tells from the state where the wave will be five steps on. What
 * that is worth beside the mean of all waves, and what it does to the bound.
 */
import {
  datasetFromArrays,
  graph as g,
  Linear,
  type Objective,
  objectives,
  Trainer,
  trainingOptions,
  Vrnn,
  weightedSum,
  withParameters,
} from "vrnn";
import { nodeRuntime } from "vrnn/node";
import { waves } from "./shared.ts";

const [HIDDEN, STEPS, AHEAD] = [24, 150, 5];
const layer = new Linear("ahead", { h: HIDDEN }, 1);

const ahead: Objective = {
  inputs: () => ({ "ahead.wave": { field: "x", what: "values", dtype: "float32", shape: ["T", "B", 1] } }),
  figures: { aheadError: "steps", meanError: "steps" },
  schedule: () => ({}),
  terms: ({ unrolled, net, inputs }) => {
    const wave = inputs["ahead.wave"]!; // [T, B, 1]
    const target = g.shift(g.shift(wave, -AHEAD), AHEAD); // 0 where nothing was told of it
    const errorOf = (told: g.Tensor) => g.sum(g.square(g.sub(g.shift(told, AHEAD), target)));
    const aheadError = errorOf(layer.apply(net, { h: unrolled.states["h"]! }));
    return {
      loss: [{ sum: aheadError, per: "steps" }],
      figures: { aheadError, meanError: errorOf(g.mul(wave, 0)) },
    };
  },
};

const data = datasetFromArrays(waves(20, STEPS).map(({ wave }) => ({ wave })));
const vrnn = new Vrnn({ columns: data.columns, hidden: HIDDEN, latent: 3 });
const options = trainingOptions.parse({ epochs: 40, learningRate: 0.02, window: STEPS, shards: 1 });

/** What is told of the test split, by an objective of which the second part has some weight. */
async function toldWith(weight: number) {
  const objective = weightedSum({
    elbo: { objective: objectives.elbo.create({}), weight: 1 },
    ahead: { objective: ahead, weight },
  });
  const model = withParameters(vrnn, layer.parameters);
  const trainer = await Trainer.create({ model, data, options, objective, runtime: nodeRuntime() });
  for await (const _ of trainer.fit()) {
    // What happens is told in the first example.
  }
  const {
    natsPerStep,
    aheadError = Number.NaN,
    meanError = Number.NaN,
  } = await trainer.evaluate(data.splits.test);
  await trainer.dispose();
  const rootOf = (error: number) => Math.sqrt((error * STEPS) / (STEPS - AHEAD)).toFixed(3);
  return { natsPerStep, ahead: rootOf(aheadError), mean: rootOf(meanError) };
}

const [both, alone] = [await toldWith(0.3), await toldWith(0)];
console.log(`five steps on, by its mean: root mean squared error ${both.mean}`);
console.log(`five steps on, told from the state: root mean squared error ${both.ahead}`);
console.log(`bound with it: ${both.natsPerStep.toFixed(3)} nats per step`);
console.log(`bound alone: ${alone.natsPerStep.toFixed(3)} nats per step`);
