/**
 * Trains a small VRNN with each output distribution on data of a known process of its kind and compares the bound on
 * held-out data with the process's own log-probability of the same data: `npm run build && node scripts/entropy-table.mjs`.
 * Names of families as arguments choose among them; with `--json` it is one JSON object.
 */
import { parseArgs } from "node:util";
import { columnOf } from "../dist/data/tables/statistics.js";
import { Trainer, trainingOptions, Vrnn } from "../dist/index.js";
import { nodeRuntime } from "../dist/node.js";
import { Random } from "../dist/random/generator.js";
import { processes } from "./entropy-processes.mjs";

const steps = 200;
const sizes = { train: 96, valid: 24, test: 64 };

/** Sequences of a process, and the true nats of all their steps. */
function simulate(process, name, split) {
  let nats = 0;
  const sequences = Array.from({ length: sizes[split] }, (_, i) => {
    const random = Random.stream(7, name, split, i);
    const rows = [process.start];
    for (let t = 0; t < steps; t++) {
      const row = process.draw(rows[t], random);
      nats += process.logProbability(row, rows[t]);
      rows.push(row);
    }
    return { name: `${split} ${i}`, length: steps, values: Float64Array.from(rows.slice(1).flat()) };
  });
  return { sequences, natsPerStep: nats / (sizes[split] * steps) };
}

async function compare(name, process) {
  const [train, valid, test] = ["train", "valid", "test"].map((split) => simulate(process, name, split));
  const entries = (at) =>
    train.sequences.flatMap(({ values }) => [...values].filter((_, i) => i % process.columns.length === at));
  const columns = process.columns.map((column, at) =>
    columnOf({ name: `x${at}`, levels: [], ...column }, entries(at)),
  );
  const splits = { train: train.sequences, valid: valid.sequences, test: test.sequences };
  const model = new Vrnn({
    columns,
    hidden: 24,
    latent: 2,
    cell: "gru",
    layers: 1,
    residual: true,
    emission: [name],
  });
  const options = trainingOptions.parse({
    epochs: 15,
    batchSize: 8,
    learningRate: 5e-3,
    schedule: "cosine",
    shards: 1,
  });
  const trainer = await Trainer.create({
    model,
    data: { columns, splits, notes: [] },
    options,
    runtime: nodeRuntime(),
  });
  const started = performance.now();
  for await (const _ of trainer.fit());
  const { natsPerStep } = await trainer.evaluate(test.sequences);
  await trainer.dispose();
  return { truth: test.natsPerStep, bound: natsPerStep, seconds: (performance.now() - started) / 1000 };
}

const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
const results = {};
for (const name of positionals.length > 0 ? positionals : Object.keys(processes)) {
  const { truth, bound, seconds } = await compare(name, processes[name]);
  const short = truth - bound;
  results[name] = { truth, bound, short, share: short / Math.abs(truth), seconds };
}
if (values.json) console.log(JSON.stringify(results));
else {
  console.log("| family | true log-probability | test bound | short by | of the entropy | seconds |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (const [name, { truth, bound, short, share, seconds }] of Object.entries(results))
    console.log(
      `| \`${name}\` | ${truth.toFixed(4)} | ${bound.toFixed(4)} | ${short.toFixed(4)} | ${(100 * share).toFixed(1)} % | ${seconds.toFixed(0)} |`,
    );
}
