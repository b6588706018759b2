/**
 * Which messages are spam: a VRNN reads the words, and a readout over its pooled states tells the class; the bound of the
 * language model is learned beside it. On the same messages: TF-IDF with logistic regression. SHUFFLE=2 deals them otherwise.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LabelledText, labelledDataset, TfIdf, Trainer, trainingOptions, Vrnn } from "vrnn";
import { nodeRuntime } from "vrnn/node";
import { mean } from "./shared.ts";

const folder = process.env["VRNN_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
const archive = join(folder, "text/sms_spam.tar.gz");
const lines = execFileSync("tar", ["xzOf", archive, "sms_spam/SMSSpamCollection"], { encoding: "utf8" });
const messages = lines.split("\n").flatMap((line, i): LabelledText[] => {
  const [label, text] = line.split("\t");
  return text === undefined ? [] : [{ name: String(i), text, label }];
});
const data = labelledDataset(messages, archive, {
  unit: "words",
  lowercase: true,
  least: 2,
  shuffle: Number(process.env["SHUFFLE"] ?? 1),
});
const { x, label } = data.fields;

const byName = new Map(messages.map((message) => [message.name, message]));
const messagesOf = async (split: "train" | "valid" | "test") =>
  (await data.splits[split].index()).map(({ name }) => byName.get(name)!);
const classOf = (message: LabelledText) => label.levels.indexOf(message.label!);
const [train, test] = [await messagesOf("train"), await messagesOf("test")];
const baseline = TfIdf.fit(
  train.map(({ text }) => text),
  train.map(classOf),
);
const hits = mean(test.map((message) => Number(baseline.classOf(message.text) === classOf(message))));
const percent = (share: number) => `${(100 * share).toFixed(2)} % of ${test.length}`;
console.log(`TF-IDF, logistic regression: ${percent(hits)}`);

const options = trainingOptions.parse({
  objective: "cross-entropy",
  elboWeight: 0.1,
  epochs: 4,
  batchSize: 32,
  learningRate: 5e-3,
  schedule: "cosine",
  dropout: 0.2,
  clip: 1,
  shards: 1,
});
const model = new Vrnn({
  tokens: x.vocabulary.tokens.length + 4,
  embedding: 32,
  tied: true,
  hidden: 48,
  latent: 8,
  readout: { field: "label", levels: label.levels.length },
});
const trainer = await Trainer.create({ model, data, options, runtime: nodeRuntime() });
for await (const _ of trainer.fit()) {
  // What happens is told in the first example.
}
const { accuracy = Number.NaN } = await trainer.evaluate(data.splits.test);
await trainer.dispose();
console.log(`readout over pooled states: ${percent(accuracy)}`);
