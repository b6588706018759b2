import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import "../built.ts";
import "../slow.ts";
import { columnOf } from "../../src/data/tables/statistics.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { plainElbo } from "../../src/objectives/elbo.ts";
import { trainingMemory } from "../../src/train/memory.ts";

const script = fileURLToPath(new URL("../../scripts/memory.mjs", import.meta.url));

test.each(["table, 6 columns", "srnn, hidden 128", "text, 8,000 words"])(
  "what is told of a training is within a quarter of what it takes: %s",
  { timeout: 60_000 },
  (name) => {
    const [row] = JSON.parse(
      execFileSync(process.execPath, [script, "--only", name, "--json"], { encoding: "utf8" }),
    ) as [{ readonly ratio: number }];
    expect(row.ratio).toBeGreaterThan(0.75);
    expect(row.ratio).toBeLessThan(1.25);
  },
);

const column = columnOf({ name: "level", kind: "real", levels: [], resolution: 0.25 }, [99, 100, 101, 104]);
const data = { columns: [column, column] };
const options = {
  batchSize: 16,
  window: 100,
  shards: 2,
  dropout: 0,
  dropoutAt: {},
  weightDropout: 0,
  recompute: 0,
};

test.each(["vrnn", "srnn", "hmm"] as const)("more steps, rows and shards of a %s take more", (family) => {
  const model = modelFamilies[family].build(data, modelFamilies[family].options.parse({}));
  const { parts, total } = trainingMemory(model, plainElbo, options);
  expect(total).toBe(parts.runtime + parts.weights + parts.steps + parts.validation);
  const twice = trainingMemory(model, plainElbo, { ...options, window: 200 }).parts;
  expect(twice.steps / parts.steps).toBeGreaterThan(1.8);
  expect(twice.steps / parts.steps).toBeLessThan(2.05);
  expect(twice.weights).toBe(parts.weights);
  const rows = trainingMemory(model, plainElbo, { ...options, batchSize: 32 }).parts;
  expect(rows.steps / parts.steps).toBeGreaterThan(1.8);
  if (family !== "srnn") {
    const pieces = trainingMemory(model, plainElbo, { ...options, window: 1000, recompute: 100 }).parts;
    expect(pieces.steps).toBeLessThan(3 * parts.steps);
  }
  const alone = trainingMemory(model, plainElbo, { ...options, shards: 1 }).parts;
  expect(alone.runtime).toBeLessThan(parts.runtime);
  expect(alone.weights).toBeLessThan(parts.weights);
});
