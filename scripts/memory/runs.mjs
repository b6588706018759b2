/** Trainings of many sizes, on made-up sequences that fill the window. */

import { fieldDatasetOf } from "../../dist/data/field-dataset.js";
import { datasetFromArrays, Random, textDataset, trainingOptions } from "../../dist/index.js";
import { modelFamilies } from "../../dist/models/families.js";
import { modelDataOf } from "../../dist/models/family.js";

/** Sequences of real columns, or of yes and no. */
function table({ columns, steps, count, binary = false }) {
  const random = Random.stream(1, "table");
  const value = () => (binary ? Number(random.uniform() < 0.3) : random.uniform());
  const names = Array.from({ length: columns }, (_, i) => `c${i}`);
  const one = () => Object.fromEntries(names.map((name) => [name, Array.from({ length: steps }, value)]));
  return datasetFromArrays(Array.from({ length: count }, one));
}

/** As frequent as words are, by Zipf's law; each word comes once at least. */
function words({ vocabulary, count }) {
  const random = Random.stream(1, "words");
  const all = Array.from({ length: vocabulary }, (_, word) => word);
  const more = Array.from({ length: count }, () => Math.floor(vocabulary ** random.uniform()));
  return textDataset([...all, ...more].map((word) => `w${word}`).join(" "), "made up", { unit: "words" });
}

/** Every training by its name: its data, its model and its options. */
export const runs = {
  "table, 6 columns": () => ({
    data: table({ columns: 6, steps: 256, count: 40 }),
    options: { batchSize: 8, window: 256 },
  }),
  "table, hidden 128, 1 shard": () => ({
    data: table({ columns: 20, steps: 300, count: 60 }),
    model: { hidden: 128, latent: 32 },
    options: { batchSize: 32, window: 300, shards: 1 },
  }),
  "rolls, hidden 256": () => ({
    data: table({ columns: 88, steps: 200, count: 80, binary: true }),
    model: { hidden: 256, latent: 64 },
    options: { batchSize: 32, window: 200 },
  }),
  "rolls, hidden 512": () => ({
    data: table({ columns: 88, steps: 100, count: 160, binary: true }),
    model: { hidden: 512, latent: 128 },
    options: { batchSize: 64, window: 100 },
  }),
  "fivo, 8 particles": () => ({
    data: table({ columns: 20, steps: 100, count: 40 }),
    model: { hidden: 96, latent: 16 },
    options: { batchSize: 16, window: 100, objective: "fivo", particles: 8 },
  }),
  "srnn, hidden 128": () => ({
    family: "srnn",
    data: table({ columns: 20, steps: 200, count: 40 }),
    model: { hidden: 128, latent: 32 },
    options: { batchSize: 32, window: 200 },
  }),
  "text, 8,000 words": () => ({
    data: words({ vocabulary: 8000, count: 40_000 }),
    model: { hidden: 256, embedding: 256, latent: 32 },
    options: { epochs: 1, batchSize: 32, window: 60 },
  }),
  "text, 32,000 words": () => ({
    data: words({ vocabulary: 32_000, count: 8000 }),
    model: { hidden: 128, embedding: 128, latent: 16 },
    options: { batchSize: 16, window: 40, shards: 1 },
  }),
};

/** What a training is given, complete. */
export function madeReady(name) {
  const { data, family = "vrnn", model = {}, options } = runs[name]();
  const { fields } = fieldDatasetOf(data);
  const { build, options: schema } = modelFamilies[family];
  return {
    data,
    model: build(modelDataOf(fields), schema.parse(model)),
    options: trainingOptions.parse({ epochs: 3, ...options }),
  };
}
