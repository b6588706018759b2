/** A run keeps the readout of its model: what it is of, and its weights. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { datasetFromArrays } from "../../src/data/tables/arrays.ts";
import { textDataset } from "../../src/data/text/text-dataset.ts";
import { PooledReadout, StepReadout } from "../../src/models/readout.ts";
import { modelOf, newConfig, newFieldsConfig, openRun } from "../../src/run/run.ts";
import { type RunConfig, runConfig } from "../../src/run/run-config.ts";
import { labelOfRun } from "../../src/run/run-fields.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { trainRun } from "../../src/workbench/train.ts";
import { errorOf, scratchFolder } from "./scratch.ts";

const folder = scratchFolder();
const runtime = nodeRuntime();

/** Rising and falling sequences; the label says which, of all or of each step. */
const sequences = Array.from({ length: 12 }, (_, k) => ({
  level: Array.from({ length: 9 }, (_, t) => (k % 2 ? t : 9 - t) + k / 10),
  way: Array.from({ length: 9 }, () => (k % 2 ? "up" : "down")),
}));
const dataOf = (labelPer: "sequence" | "step") => datasetFromArrays(sequences, { label: "way", labelPer });
const training = trainingOptions.parse({ objective: "cross-entropy", epochs: 2, shards: 1, batchSize: 4 });
const shape = { family: "vrnn", model: { hidden: 5, latent: 2 }, training, path: "ways" } as const;

const configOf = (labelPer: "sequence" | "step"): RunConfig => {
  const config = newConfig({ ...shape, data: dataOf(labelPer), schema: { label: "way", labelPer } });
  return runConfig.parse(JSON.parse(JSON.stringify(config)));
};

test.each([
  ["sequence", PooledReadout, [10, 2]],
  ["step", StepReadout, [5, 2]],
] as const)("of each %s is saved and read with its weights", async (labelPer, kind, size) => {
  const path = join(folder, labelPer);
  const config = configOf(labelPer);
  const settings = { path, config, data: dataOf(labelPer), runtime, start: "new" } as const;
  let trained: Float32Array | undefined;
  for await (const event of trainRun(settings)) if (event.type === "result") trained = event.weights;
  const run = openRun(path);
  expect(run.config).toEqual(config);
  expect(run.config.readout).toEqual({ field: "label" });
  expect(run.model.readout).toBeInstanceOf(kind);
  expect(run.model.parameters.find(({ name }) => name === "readout.weight")!.shape).toEqual(size);
  expect(run.weights).toEqual(trained);
});

test("is not there where the objective is about no labels, though the data have some", () => {
  const elbo = trainingOptions.parse({});
  const config = newConfig({ ...shape, training: elbo, data: dataOf("sequence"), schema: {} });
  expect(config.fields["label"]).toBeDefined();
  expect(config.readout).toBeUndefined();
  expect(modelOf(config).readout).toBeUndefined();
});

test("needs labels, a family that tells them, and a field that is one", async () => {
  const data = textDataset("some text without any label", "text", { unit: "characters" });
  await expect(newFieldsConfig({ ...shape, data, schema: {} })).rejects.toMatchObject({
    code: "objective/no-labels",
  });
  const config = configOf("sequence");
  const hmm: RunConfig = { ...config, family: "hmm", model: { states: 2 } };
  expect(errorOf(() => modelOf(hmm))).toMatchObject({ code: "model/readout" });
  expect(errorOf(() => modelOf({ ...config, readout: { field: "x" } }))).toMatchObject({
    code: "model/fields",
  });
  expect(errorOf(() => modelOf({ ...config, readout: { field: "constructor" } }))).toMatchObject({
    code: "model/fields",
  });
});

test("is found by the name of its field, or by the role of one, whatever that is called", () => {
  const { fields, readout: _, ...config } = configOf("sequence");
  const { label, ...others } = fields;
  const second = { kind: "label", role: "label", axis: "none", levels: ["yes", "no"] } as const;
  const renamed = { ...config, fields: { ...others, way: label!, answer: second } };
  expect(labelOfRun(renamed)).toEqual(label);
  expect(labelOfRun({ ...renamed, readout: { field: "answer" } })).toEqual(second);
  expect(labelOfRun({ ...config, fields: others })).toBeUndefined();
});

test("is refused where its configuration was tampered with", () => {
  const path = join(folder, "sequence", "config.json");
  const stored = JSON.parse(readFileSync(path, "utf8")) as Record<string, object>;
  writeFileSync(path, JSON.stringify({ ...stored, readout: { field: "label", over: "all" } }));
  expect(errorOf(() => openRun(join(folder, "sequence")))).toMatchObject({ code: "run/config" });
  const label = { ...(stored["fields"] as Record<string, object>)["label"], shares: [1] };
  writeFileSync(path, JSON.stringify({ ...stored, fields: { ...stored["fields"], label } }));
  expect(errorOf(() => openRun(join(folder, "sequence")))).toMatchObject({ code: "run/config" });
});
