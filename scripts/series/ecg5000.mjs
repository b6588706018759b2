/**
 * Odd heartbeats of ECG5000: trained on normal beats, each test beat scored as a whole.
 * `node scripts/series/ecg5000.mjs [--seed 1] [-- options of vrnn train]`
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { auroc, fitPca, pcaResiduals } from "./baselines.mjs";
import { furtherOptions, inScratch, readNpy, said, seriesAt, vrnn } from "./data.mjs";

const seed = said("seed", "1");
const [train, test, label] = ["normal_train", "test", "test_is_anomaly"].map((part) =>
  readNpy(seriesAt("ecg5000", `ecg5000_${part}.npy.gz`)),
);

const detected = await inScratch(async (folder) => {
  const at = (name) => join(folder, name);
  writeFileSync(at("train.csv"), tableOf(train));
  writeFileSync(at("test.csv"), tableOf(test));
  writeFileSync(
    at("labels.txt"),
    `${[...label.values].flatMap((one) => Array(test.shape[1]).fill(one)).join("\n")}\n`,
  );
  const columns = ["--sequence", "beat", "--time", "t"];
  await vrnn(
    "train",
    at("train.csv"),
    ...columns,
    "--split",
    "0.9,0.1,0",
    "--out",
    at("run"),
    "--seed",
    seed,
    ...furtherOptions(),
  );
  return vrnn("detect", at("run"), "--data", at("test.csv"), "--labels", at("labels.txt"));
});

const rows = ({ values, shape: [, width] }) => ({ values, width });
const pca = fitPca(rows(train), { components: 8 });
const distance = { mean: pca.mean, components: [] };
console.log(
  JSON.stringify({
    auroc: detected.wholesAuroc,
    pca8: auroc(pcaResiduals(pca, rows(test)), label.values),
    meanBeat: auroc(pcaResiduals(distance, rows(test)), label.values),
  }),
);

function tableOf({ shape: [beats, width], values }) {
  const lines = Array.from(
    values,
    (value, i) => `b${Math.floor(i / width)},${i % width},${Number(value.toPrecision(6))}`,
  );
  if (lines.length !== beats * width) throw new Error("beats of unequal length");
  return `${["beat,t,v", ...lines].join("\n")}\n`;
}
