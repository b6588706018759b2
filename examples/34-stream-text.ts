/** A text that comes as it is drawn: an async iterator, which stops computing when nobody asks for more. */
import { streamText, Trainer, textDataset, trainingOptions, Vrnn } from "vrnn";
import { nodeRuntime } from "vrnn/node";

const verse = "Row, row, row your boat, gently down the stream. ";
const data = textDataset(verse.repeat(60), "verse", { unit: "characters", split: [0.8, 0.1, 0.1] });
const { vocabulary } = data.fields.x;
const tokens = vocabulary.tokens.length + 4;
const model = new Vrnn({ tokens, embedding: 16, tied: true, hidden: 40, latent: 0 });
const runtime = nodeRuntime();
const options = trainingOptions.parse({ epochs: 30, window: 50, learningRate: 0.02, shards: 1 });
const trainer = await Trainer.create({ model, data, options, runtime });
for await (const _ of trainer.fit());

const settings = { runtime, model, weights: trainer.bestWeights, vocabulary, seed: 1, temperature: 0.2 };
let written = "";
for await (const piece of streamText({ ...settings, prefix: "Row, row, ", steps: 1_000_000, stride: 4 })) {
  console.log(`piece: ${JSON.stringify(piece)}`);
  written += piece;
  if (written.includes(".")) break; // what would have come is never computed
}
console.log(`written: ${written.slice(0, written.indexOf(".") + 1)}`);
await trainer.dispose();
