/**
 * The likeliest texts of a model, by beam search. The likeliest first word leads to the less likely sentence here, so the
 * likeliest token after the other (a width of 1) misses what a width of 5 finds.
 */
import { beamSearch, Random, Tokenizer, Trainer, textDataset, trainingOptions, Vrnn } from "vrnn";
import { nodeRuntime } from "vrnn/node";

/** Six lines in ten begin with "a" and go on in one of six ways; four in ten are "b b". */
const random = Random.stream(1, "lines");
const lines = Array.from({ length: 600 }, () =>
  random.uniform() < 0.6 ? `a ${"cdefgh"[random.integer(6)]}` : "b b",
);
const data = textDataset(lines.join("\n"), "lines", { unit: "words", per: "line", split: [0.8, 0.1, 0.1] });
const { vocabulary } = data.fields.x;
const tokenizer = new Tokenizer(vocabulary);

const runtime = nodeRuntime();
const model = new Vrnn({ tokens: tokenizer.size, embedding: 8, tied: false, hidden: 16, latent: 0 });
const options = trainingOptions.parse({ epochs: 8, batchSize: 16, learningRate: 0.02, shards: 1 });
const trainer = await Trainer.create({ model, data, options, runtime });
for await (const _ of trainer.fit());
await trainer.dispose();

for (const width of [1, 5]) {
  const found = await beamSearch({ runtime, model, weights: trainer.bestWeights, width, steps: 4 });
  console.log(`width ${width}:`);
  for (const { ids, logProbability } of found.slice(0, 2))
    console.log(`${tokenizer.decode(ids)}: ${Math.exp(logProbability).toFixed(2)}`);
}
