/**
 * How much memory a large vocabulary takes: trains on made-up words for some steps and samples, and tells the most
 * resident memory that the process had beside what one tensor of a window, T × B × V numbers, takes.
 *
 *     node scripts/large-vocabulary.mjs                    # 32,000 words, windows of 20 × 16
 *     node scripts/large-vocabulary.mjs 8000 20 16 --tied --json
 */
import { performance } from "node:perf_hooks";
import { Random, sampleTexts, Trainer, textDataset, trainingOptions, Vrnn } from "../dist/index.js";
import { nodeRuntime } from "../dist/node.js";

const numbers = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const [words = 32_000, steps = 20, rows = 16] = numbers.map(Number);
const tied = process.argv.includes("--tied");

/** As frequent as words are, by Zipf's law; each word comes once at least. */
function corpus() {
  const random = Random.stream(1, "words");
  const all = Array.from({ length: words }, (_, word) => word);
  const more = Array.from({ length: 20 * steps * rows }, () => Math.floor(words ** random.uniform()));
  return [...all, ...more].map((word) => `w${word}`).join(" ");
}

const data = textDataset(corpus(), "made up", { unit: "words", split: [1, 0, 0] });
const { vocabulary } = data.fields.x;
const tokens = vocabulary.tokens.length + 4;
const model = new Vrnn({ tokens, embedding: 128, tied, hidden: 128, latent: 16 });
const options = trainingOptions.parse({ epochs: 1, batchSize: rows, window: steps, shards: 1 });
const runtime = nodeRuntime();
const before = peak();
const trainer = await Trainer.create({ model, data, options, runtime });
const stop = new AbortController();
const times = [];
let last = performance.now();
for await (const event of trainer.fit(stop.signal)) {
  if (event.type !== "step") continue;
  times.push(performance.now() - last);
  last = performance.now();
  if (event.step === 8) stop.abort();
}
const trained = peak();
const texts = await sampleTexts({
  runtime,
  model,
  weights: trainer.weights,
  vocabulary,
  count: 4,
  steps: 40,
  seed: 1,
});
await trainer.dispose();

const window = (4 * steps * rows * tokens) / 1e6;
const figures = {
  tokens,
  tied,
  window: { steps, rows, megabytes: round(window) },
  peakMegabytes: { before: round(before), trained: round(trained), sampled: round(peak()) },
  windowsInPeak: Number(((trained - before) / window).toFixed(1)),
  medianStepSeconds: Number((times.sort((a, b) => a - b)[times.length >> 1] / 1000).toFixed(2)),
  sampledTokens: texts.reduce((all, { ids }) => all + ids.length, 0),
};
if (process.argv.includes("--json")) console.log(JSON.stringify(figures));
else console.log(figures);

/** The most resident memory so far, in megabytes. */
function peak() {
  return process.resourceUsage().maxRSS / 1000;
}

function round(value) {
  return Math.round(value);
}
