/** Trains a first model: data from an array, a VRNN, and a bound on how likely it finds what it has not seen. */
import { datasetFromArrays, Trainer, trainingOptions, Vrnn } from "vrnn";
import { nodeRuntime } from "vrnn/node";
import { waves } from "./shared.ts";

const sequences = waves(); // twenty objects such as { wave: [0.31, 0.58, ...], fast: [0, 0, ...] }
const data = datasetFromArrays(sequences, { only: ["wave"] }); // 14 train, 3 validate, 3 test

const model = new Vrnn({ columns: data.columns, hidden: 24, latent: 3 });
const options = trainingOptions.parse({ epochs: 40, learningRate: 0.02, window: 50, shards: 1 });
const trainer = await Trainer.create({ model, data, options, runtime: nodeRuntime() });

for await (const event of trainer.fit()) {
  if (event.type === "epoch" && (event.epoch === 1 || event.epoch % 10 === 0))
    console.log(`epoch ${event.epoch}: ${event.valid.natsPerStep.toFixed(3)} nats per step`);
}
const test = await trainer.evaluate(data.splits.test);
console.log(`test: ${test.natsPerStep.toFixed(3)} nats per step (more is better)`);
await trainer.dispose();
