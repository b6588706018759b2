/**
 * Text, a character a step. Who waves smiles, too: what a 4-gram has forgotten by then, a recurrent state remembers. A VRNN
 * stands beside the same network without latent variables, and goes on with a text.
 */
import { KneserNey, Random, sampleTexts, Trainer, textDataset, trainingOptions, Vrnn } from "vrnn";
import { nodeRuntime } from "vrnn/node";
import { mean } from "./shared.ts";

const random = Random.stream(1, "names");
const name = () => ["anna", "bob", "carl", "dora"][random.integer(4)]!;
const sentences = Array.from({ length: 900 }, () => {
  const who = name();
  return `${who} waves and ${who} smiles.\n`;
});
const data = textDataset(sentences.join(""), "sentences", { unit: "characters", split: [0.8, 0.1, 0.1] });
const { vocabulary } = data.fields.x;
const tokens = vocabulary.tokens.length + 4;

const textOf = async (split: "train" | "test") => {
  const [{ length } = { length: 0 }] = await data.splits[split].index();
  for await (const { values } of data.splits[split].open([{ i: 0, from: 0, to: length }]))
    return values["x"] as Int32Array;
  return new Int32Array();
};
const [train, test] = [await textOf("train"), await textOf("test")];
const grams = KneserNey.fit([train], { order: 4, symbols: tokens });
console.log(`4-gram, Kneser-Ney: ${mean(grams.logProbabilities(test)).toFixed(3)} nats per character`);

const runtime = nodeRuntime();
const options = trainingOptions.parse({
  epochs: 16,
  window: 40,
  learningRate: 0.02,
  schedule: "cosine",
  shards: 1,
});
for (const latent of [4, 0]) {
  const model = new Vrnn({ tokens, embedding: 16, tied: true, hidden: 40, latent });
  const trainer = await Trainer.create({ model, data, options, runtime });
  for await (const _ of trainer.fit());
  const { natsPerStep } = await trainer.evaluate(data.splits.test);
  console.log(`${latent > 0 ? "VRNN" : "without latent variables"}: ${natsPerStep.toFixed(3)}`);
  const settings = { runtime, model, weights: trainer.bestWeights, vocabulary, count: 1, seed: 1 };
  if (latent > 0) {
    const [{ text } = { text: "" }] = await sampleTexts({
      ...settings,
      prefix: "carl waves and carl smiles.\ndora waves",
      steps: 30,
      temperature: 0.3,
    });
    console.log(text.split("\n")[1]);
  }
  await trainer.dispose();
}
