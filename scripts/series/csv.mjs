// Reads a table of 1,000,000 rows and 10 columns, trains on it for an epoch, and scores all of it: seconds of the wall and
// of processors, and the most memory. Beside it the least that could be done: the lines and fields of the text as numbers.
// By hand, after `npm run build`: node scripts/series/csv.mjs
import { join } from "node:path";
import { measured, root, script, vrnn, writeWaves } from "./scale-common.mjs";

const load = `import(${JSON.stringify(join(root, "dist/node.js"))})`;
const model = ["--emission", "gaussian", "--center", "mean"];

measured((folder) => {
  writeWaves(join(folder, "waves.csv"), 1_000_000, 10);
  const split = `const rows = (await import("node:fs")).readFileSync("waves.csv", "latin1").trimEnd().split("\\n").slice(1);
const values = new Float64Array(10 * rows.length);
rows.forEach((row, i) => row.split(",").forEach((field, d) => { values[10 * i + d] = Number(field); }));`;
  const fields = script(folder, split);
  const read = script(folder, `(await ${load}).readDataset("waves.csv");`);
  const train = vrnn(folder, "train", "waves.csv", "--epochs", "1", ...model, "--out", "run", "--json");
  const score = vrnn(folder, "score", "run", "--data", "waves.csv", "--out", "scores.csv", "--json");
  const peak = Math.max(read.gigabytes, train.gigabytes, score.gigabytes);
  return { read, train, score, fields, peak };
});
