/**
 * The drawings of docs/results.md, from the Omniglot strokes that the folder of data sets holds (VRNN_DATA): the first
 * 6,000 of the training characters, 400 to validate and 400 to test. `node scripts/omniglot.mjs omniglot.json`
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseNpy } from "../dist/data/arrays/npy.js";

const folder = join(process.env.VRNN_DATA ?? join(import.meta.dirname, "../../shared/data"), "strokes");
const file = join(folder, "omniglot.npy.gz");
const { shape, values } = parseNpy(gunzipSync(readFileSync(file)), file);
const lengths = JSON.parse(readFileSync(join(folder, "omniglot_lengths.json"), "utf8"));
const counts = { train: 6000, valid: 400, test: 400 };

const width = shape[1];
let row = 0;
const splits = {};
for (const [split, all] of Object.entries(lengths)) {
  const drawings = all.map((length) => {
    const points = Array.from({ length }, (_, i) =>
      Array.from(values.subarray((row + i) * width, (row + i + 1) * width)),
    );
    row += length;
    return points;
  });
  splits[split] = drawings.slice(0, counts[split]);
}
writeFileSync(process.argv[2], JSON.stringify(splits));
