/**
 * Reading one sequence and writing another: strings of up to 20 letters, backwards. The source has a length of its own; the
 * decoder attends to it, is fed what it wrote itself, and ends where it writes the end sign.
 */
import {
  buildVocabulary,
  END,
  Feeder,
  type FieldDataset,
  type Fields,
  generateRows,
  inputSpecs,
  memorySource,
  Random,
  Tokenizer,
  Trainer,
  trainingOptions,
} from "vrnn";
import { nodeRuntime } from "vrnn/node";
import { EncoderDecoder } from "./models/encoder-decoder.ts";
import { everyPart } from "./shared.ts";

const letters = "abcdefghijklmnopqrstuvwxyz";
const longest = 20;
const tokenizer = new Tokenizer(buildVocabulary([letters], { unit: "characters" }));
const { vocabulary } = tokenizer;
const fields: Fields = {
  source: { kind: "tokens", role: "source", axis: "S", vocabulary },
  x: { kind: "tokens", role: "target", axis: "T", vocabulary },
};

const random = Random.stream(1, "strings");
const randomString = () =>
  Array.from({ length: 1 + random.integer(longest) }, () => letters[random.integer(letters.length)]).join("");
const reversed = (text: string) => [...text].reverse().join("");
const learned = Array.from({ length: 96_000 }, randomString);
const isLearned = new Set(learned);
const unseen = Array.from({ length: 1200 }, randomString)
  .filter((text) => !isLearned.has(text))
  .slice(0, 1000);

const sourceOf = (texts: readonly string[]) =>
  memorySource(
    texts.map((text) => {
      const [source, target] = [text, reversed(text)].map((each) => tokenizer.encode(each).ids);
      return {
        name: text,
        length: text.length + 1,
        values: { source: source!, x: Int32Array.of(...target!, END) },
      };
    }),
    fields,
  );
const [train, test, valid] = [sourceOf(learned), sourceOf(unseen), sourceOf([])];
const data: FieldDataset = { modality: { name: "text" }, fields, splits: { train, valid, test }, notes: [] };

const runtime = nodeRuntime();
const options = trainingOptions.parse({
  epochs: 1,
  batchSize: 32,
  learningRate: 5e-3,
  schedule: "cosine",
  warmupSteps: 30,
  clip: 1,
});

/** What a model that has seen the training strings once makes of those it has not seen. */
async function written(attends: boolean): Promise<string[]> {
  const model = new EncoderDecoder({ tokens: tokenizer.size, hidden: 64, attends });
  const trainer = await Trainer.create({ model, data, options, runtime });
  for await (const _ of trainer.fit()) {
    // What happens is told in the first example.
  }
  await trainer.dispose();
  const sources = new Feeder(
    inputSpecs(model).filter(({ field }) => field === "source"),
    fields,
  );
  const parts = await everyPart(test);
  const rows = await generateRows({
    runtime,
    model,
    weights: trainer.bestWeights,
    count: parts.length,
    steps: longest + 1,
    seed: 1,
    temperature: 1e-3, // as good as the likeliest letter each time
    known: () => sources.feed(parts)[0]!,
  });
  return rows.map(({ x }) => tokenizer.decode(x)); // up to the end sign
}

for (const attends of [true, false]) {
  const answers = await written(attends);
  const exact = answers.filter((answer, i) => answer === reversed(unseen[i]!)).length;
  console.log(
    `${attends ? "with" : "without"} attention: ${((100 * exact) / unseen.length).toFixed(1)} % exact`,
  );
  console.log(`  ${unseen[0]} becomes ${answers[0]}`);
}
