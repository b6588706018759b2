/**
 * Trains a model of a family on a data set and prints its size and its bounds under the best validation weights:
 *
 *     npm run build && node scripts/family-bound.mjs srnn jsb-chorales.json.gz --model '{"hidden":64}' --seed 1
 */
import { parseArgs } from "node:util";
import { modelFamilies, Trainer, trainingOptions } from "vrnn";
import { nodeRuntime, readDataset } from "vrnn/node";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: "string", default: "{}" },
    training: { type: "string", default: "{}" },
    seed: { type: "string", default: "1" },
  },
});
const [family, file] = positionals;
const data = readDataset(file);
const model = modelFamilies[family].build(data, JSON.parse(values.model));
const options = trainingOptions.parse({ ...JSON.parse(values.training), seed: Number(values.seed) });
const trainer = await Trainer.create({ model, data, options, runtime: nodeRuntime() });
let valid = Number.NEGATIVE_INFINITY;
for await (const event of trainer.fit())
  if (event.type === "epoch") valid = Math.max(valid, event.valid.natsPerStep);
const test = await trainer.evaluate(data.splits.test);
console.log(
  JSON.stringify({
    family,
    parameters: trainer.weights.length,
    seed: options.seed,
    valid,
    test: test.natsPerStep,
  }),
);
await trainer.dispose();
