// Streams a table through training's own path, to see how much memory that takes: makes a file in the temporary
// folder, indexes it, reads one shuffled epoch of batches, feeds each, removes the file. By hand, after `npm run build`:
//
//   node scripts/larger-than-memory.mjs [--megabytes 2000] [--steps 200] [--layout arrays|steps|csv] [--at-once]
//
// --at-once reads the file as a whole instead, for comparison. Prints one JSON object; `peak` is the most resident memory
// that this process ever had, in megabytes, the runtime and the making of the file among it.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  countsOf,
  Feeder,
  openBatches,
  planBatches,
  Random,
  tableDataset,
  tableInputs,
  wholeSpans,
} from "../dist/index.js";
import { readDataset, streamTable } from "../dist/node.js";
import { layoutOf, makeTable } from "./large-table.mjs";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "2000" },
    steps: { type: "string", default: "200" },
    layout: { type: "string", default: "arrays" },
    "at-once": { type: "boolean", default: false },
  },
});

const seconds = (since) => Number(((performance.now() - since) / 1000).toFixed(1));

const folder = mkdtempSync(join(tmpdir(), "vrnn-large-"));
try {
  const { name, options: reading } = layoutOf(values.layout);
  const path = join(folder, name);
  const steps = Number(values.steps);
  const made = makeTable(path, Number(values.megabytes) * 1e6, steps, values.layout);
  const options = { split: [1, 0, 0], ...reading };
  const indexing = performance.now();
  const data = values["at-once"]
    ? tableDataset(readDataset(path, options))
    : await streamTable(path, options);
  const index = await data.splits.train.index();
  const indexSeconds = seconds(indexing);
  const order = Random.stream(1, "order");
  const shuffled = { batchSize: 32, window: 100, random: (bound) => order.integer(bound) };
  const plan = planBatches(wholeSpans(index), shuffled);
  const feeder = new Feeder(tableInputs(data.fields), data.fields);
  const reads = performance.now();
  let [entries, fed, batches] = [0, 0, 0];
  for await (const { parts } of openBatches(data.splits.train, plan)) {
    entries += countsOf(parts, data.fields).x.entries;
    for (const { mask } of feeder.feed(parts, { shards: 2 }))
      fed += mask.data.reduce((sum, seen) => sum + seen, 0);
    batches += 1;
  }
  const passSeconds = seconds(reads);
  await Promise.all(Object.values(data.splits).map((split) => split.close()));
  if (entries !== made.entries || fed !== made.entries)
    throw new Error(`${made.entries} entries were written, ${entries} read, ${fed} fed`);
  const megabytes = Math.round(statSync(path).size / 1e6);
  const peak = Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
  console.log(JSON.stringify({ megabytes, ...made, batches, indexSeconds, passSeconds, peak }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
