/** `cluster-vowels-nmi`: nine clusters of JapaneseVowels against its nine speakers, by normalised mutual information, three seeds. */
import { join } from "node:path";
import { dist, inMemory, mean, readTs, scratch, vrnn, writeLabels, writeLong } from "./labelled.mjs";

const started = performance.now();
const [train, test] = ["TRAIN", "TEST"].map((split) => readTs("JapaneseVowels", split));
const all = [...train, ...test];
const folder = scratch();
writeLong(join(folder, "train.csv"), train);
writeLong(join(folder, "all.csv"), all);
writeLabels(join(folder, "labels.csv"), all);
const named = ["--sequence", "id", "--time", "t", "--split", "0.9,0.1,0"];
const clustered = (run, seed) =>
  vrnn(
    folder,
    "cluster",
    run,
    "--data",
    "all.csv",
    "--labels",
    "labels.csv",
    "--clusters",
    "9",
    "--seed",
    String(seed),
    "--out",
    `${run}.csv`,
    "--json",
  ).agreement;
const found = [1, 2, 3].map((seed) => {
  vrnn(folder, "train", "train.csv", ...named, "--seed", String(seed), "--out", `run-${seed}`);
  return clustered(`run-${seed}`, seed);
});
vrnn(
  folder,
  "train",
  "train.csv",
  ...named,
  "--model",
  "hmm",
  "--states",
  "9",
  "--learner",
  "em",
  "--out",
  "hmm",
);
const counts = vrnn(folder, "cluster", "run-1", "--data", "all.csv", "--out", "auto.csv", "--json").clusters;

/** Each sequence drawn out to 15 steps, one after the other in a row. */
const STEPS = 15;
const flattened = inMemory(all).map(({ length, values }) => {
  const width = values.length / length;
  return Float64Array.from({ length: STEPS * width }, (_, i) => {
    const place = (Math.floor(i / width) * (length - 1)) / (STEPS - 1);
    const [from, share] = [Math.floor(place), place % 1];
    const to = Math.min(from + 1, length - 1);
    return (1 - share) * values[from * width + (i % width)] + share * values[to * width + (i % width)];
  });
});
const { grouped } = await dist("patterns/cluster.js");
const { normalisedMutualInformation } = await dist("metrics/clusters.js");
const { clusters } = await grouped({ names: [], rows: flattened }, 9, 1);
console.log(
  JSON.stringify({
    nmi: mean(found.map(({ model }) => model)),
    perSeed: found.map(({ model }) => model),
    clustersByThemselves: counts,
    baselines: {
      "PCA and k-means, means and deviations": mean(found.map(({ columns }) => columns)),
      "PCA and k-means, flattened": normalisedMutualInformation(
        clusters,
        all.map(({ label }) => label),
      ),
      "HMM, time in each of 9 states": clustered("hmm", 1).model,
    },
    seconds: (performance.now() - started) / 1000,
  }),
);
