// Encodes a sequence of 500,000 steps and 2 columns: the most memory, and seconds. By hand, after `npm run build`:
// node scripts/series/long-encode.mjs
import { join } from "node:path";
import { measured, vrnn, writeWaves } from "./scale-common.mjs";

measured((folder) => {
  writeWaves(join(folder, "long.csv"), 500_000, 2);
  const short = ["--split", "0.02,0.01,0.97", "--epochs", "1", "--emission", "gaussian", "--center", "mean"];
  const train = vrnn(folder, "train", "long.csv", ...short, "--out", "run", "--json");
  const encode = vrnn(folder, "encode", "run", "--data", "long.csv", "--out", "codes.csv", "--json");
  return { train, encode };
});
