/**
 * Pairs of any kind: dates as people write them, and as ISO 8601 has them. A translator reads one and writes the other; beside it a rule of
 * one line, which knows one of the three ways alone.
 */
import {
  pairDataset,
  pairedBleu,
  Random,
  type TextPair,
  TextTranslator,
  Tokenizer,
  Trainer,
  Translator,
  trainingOptions,
} from "vrnn";
import { nodeRuntime } from "vrnn/node";
import { everyPart } from "./shared.ts";

const months = "January February March April May June July August September October November December".split(
  " ",
);
const random = Random.stream(1, "dates");

function randomDate(): TextPair {
  const [year, month, day] = [1950 + random.integer(100), random.integer(12), 1 + random.integer(28)];
  const ways = [
    `${day} ${months[month]} ${year}`,
    `${months[month]} ${day}, ${year}`,
    `${day}.${month + 1}.${year}`,
  ];
  const two = (number: number) => String(number).padStart(2, "0");
  const source = ways[random.integer(ways.length)]!;
  return { name: source, source, target: `${year}-${two(month + 1)}-${two(day)}` };
}

const pairs = Array.from({ length: 2400 }, randomDate);
const data = pairDataset(pairs, "dates", { unit: "characters", split: [0.8, 0.1, 0.1] });
const { vocabulary } = data.fields.x;
const tokenizer = new Tokenizer(vocabulary);
const model = new Translator({ tokens: tokenizer.size, hidden: 48, embedding: 24, latent: 0 });
const options = trainingOptions.parse({
  epochs: 20,
  batchSize: 32,
  learningRate: 5e-3,
  schedule: "cosine",
  warmupSteps: 20,
  dropout: 0.1,
});
const runtime = nodeRuntime();
const trainer = await Trainer.create({ model, data, options, runtime });
for await (const _ of trainer.fit()) {
  // What happens is told in the first example.
}
const weights = trainer.bestWeights;
await trainer.dispose();

const held = (await everyPart(data.splits.test)).map(({ values }) => ({
  source: tokenizer.decode(values["source"] as Int32Array),
  target: tokenizer.decode(values["x"] as Int32Array),
}));
const translator = await TextTranslator.create({
  ...{ runtime, model, weights, fields: data.fields, vocabulary },
  ...{ width: 3, lengthPower: 0, rows: 16 },
});
const texts = [...held.map(({ source }) => source), "May 5, 2005"].map((source) => translator.read(source));
const written = (await translator.translate(texts)).map(([best]) => best!.text);
const asked = written.pop();
await translator.dispose();

/** Takes what is between points for day, month and year. */
const byRule = held.map(({ source }) => {
  const [day, month, year] = source.split(".");
  return year === undefined ? source : `${year}-${month!.padStart(2, "0")}-${day!.padStart(2, "0")}`;
});
const targets = held.map(({ target }) => target);
const share = (texts: readonly string[]) =>
  ((100 * texts.filter((text, i) => text === targets[i]).length) / targets.length).toFixed(1);
console.log(`the translator: ${share(written)} % of ${held.length} unseen dates`);
console.log(`the rule: ${share(byRule)} %`);
console.log(`May 5, 2005 becomes ${asked}`);
const spelled = (texts: readonly string[]) => texts.map((text) => [...text].join(" "));
const { interval } = pairedBleu(spelled(written), spelled(byRule), spelled(targets));
console.log(
  `BLEU of characters beyond the rule's: between ${interval.map((each) => each.toFixed(0)).join(" and ")}`,
);
