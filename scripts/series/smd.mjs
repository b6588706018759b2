/**
 * Anomalies in four machines of the Server Machine Dataset: trained on each one's training rows, judged by the labels of
 * its test rows, point by point. `node scripts/series/smd.mjs [--seed 1] [--machines 1-7,2-1] [-- options of vrnn train]`
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { furtherOptions, inScratch, mean, readNpy, said, seriesAt, vrnn } from "./data.mjs";

const seed = said("seed", "1");
const machines = said("machines", "1-7,2-1,2-2,3-4").split(",");

const measures = [];
for (const machine of machines) measures.push(await inScratch((folder) => measured(machine, folder)));

const of = (rule, measure) => mean(measures.map((each) => each[rule][measure]));
console.log(
  JSON.stringify({
    bestF1: of("points", "bestF1"),
    ownF1: of("points", "f1"),
    auroc: of("points", "auroc"),
    pca: { bestF1: of("pca", "bestF1"), ownF1: of("pca", "f1") },
    movingZ: { bestF1: of("movingZ", "bestF1"), ownF1: of("movingZ", "f1") },
    machines: Object.fromEntries(machines.map((machine, i) => [machine, measures[i]])),
  }),
);

async function measured(machine, folder) {
  const file = (part) => seriesAt("smd", `machine-${machine}_${part}.npy.gz`);
  const at = (name) => join(folder, name);
  writeFileSync(at("labels.txt"), `${[...readNpy(file("test_label")).values].join("\n")}\n`);
  await vrnn("train", file("train"), "--out", at("run"), "--seed", seed, ...furtherOptions());
  const { quality, steps, odd, incidents } = await vrnn(
    "detect",
    at("run"),
    "--data",
    file("test"),
    "--labels",
    at("labels.txt"),
  );
  const { points, baselines } = quality;
  return { points, ...baselines, oddShare: odd / steps, incidents: incidents.length };
}
