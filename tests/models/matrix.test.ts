/** What each family can be asked for, tried, against the table of docs/models.md. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Sequence } from "../../src/data/dataset.ts";
import { VrnnError } from "../../src/errors.ts";
import { exportGraph, graphNamesOf } from "../../src/export/export.ts";
import { encodeSequences } from "../../src/inference/encode.ts";
import { filterSequences } from "../../src/inference/filter.ts";
import { followings } from "../../src/inference/following.ts";
import { forecastSequences } from "../../src/inference/forecast.ts";
import { imputeSequences } from "../../src/inference/impute.ts";
import { sampleSequences } from "../../src/inference/sample.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { familyNames } from "../../src/models/loading.ts";
import type { Model } from "../../src/models/model.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";
import "../slow.ts";

const columns = [plainColumn("a"), plainColumn("b")];
const runtime = nodeRuntime();
const particles = 8;
const sequence: Sequence = {
  name: "one",
  length: 6,
  values: Float64Array.of(0.1, 1, -0.4, Number.NaN, 0.3, 0.2, 0.9, -1, Number.NaN, Number.NaN, 0.5, 0),
};

interface Tried {
  readonly family: string;
  readonly model: Model;
  readonly weights: Float32Array;
}

const settingsOf = ({ model, weights }: Tried) => ({ runtime, model, weights, columns, seed: 1 });

/** What people do with a model, each as its command does it. */
const operations: Readonly<Record<string, (tried: Tried) => Promise<unknown>>> = {
  score: (tried) => scoreSequences({ ...settingsOf(tried), sequences: [sequence] }),
  sample: (tried) => sampleSequences({ ...settingsOf(tried), count: 2, steps: 4 }),
  forecast: (tried) =>
    forecastSequences({ ...settingsOf(tried), sequences: [sequence], horizon: 3, particles }),
  impute: (tried) => imputeSequences({ ...settingsOf(tried), sequences: [sequence], particles }),
  encode: (tried) => encodeSequences({ ...settingsOf(tried), sequences: [sequence], particles }),
  filter: (tried) => filterSequences({ ...settingsOf(tried), sequences: [sequence], particles }),
  "watch, by its posterior": async (tried) => {
    const stream = await followings.posterior().open(settingsOf(tried));
    await stream.step(sequence.values.slice(0, 2));
    await stream.close();
  },
  "watch, by particles": async (tried) => {
    const stream = await followings.particles(particles).open(settingsOf(tried));
    await stream.step(sequence.values.slice(0, 2));
    await stream.close();
  },
  export: async (tried) => {
    for (const name of graphNamesOf(tried.model)) exportGraph(name, { ...tried, columns, version: "0.0.0" });
    return graphNamesOf(tried.model).includes("step") ? "yes" : "whole sequences";
  },
};

/** `yes`, what it gives instead, or the code by which it is refused. */
async function outcome(operation: (tried: Tried) => Promise<unknown>, tried: Tried): Promise<string> {
  try {
    const told = await operation(tried);
    return typeof told === "string" ? told : "yes";
  } catch (error) {
    if (error instanceof VrnnError) return `\`${error.code}\``;
    throw error;
  }
}

function built(family: (typeof familyNames)[number]): Tried | undefined {
  try {
    const model = modelFamilies[family].build({ columns }, {});
    return { family, model, weights: initialWeights(model.parameters, 1) };
  } catch {
    return undefined; // of pictures, pairs, labels
  }
}

test("the table of docs/models.md says what each family of tables can be asked for", async () => {
  const names = Object.keys(operations);
  const rows: string[] = [];
  for (const family of familyNames) {
    const tried = built(family);
    if (tried === undefined) continue;
    const cells: string[] = [];
    for (const operation of Object.values(operations)) cells.push(await outcome(operation, tried));
    rows.push(`| \`${family}\` | ${cells.join(" | ")} |`);
  }
  const table = [`| | ${names.join(" | ")} |`, `| --- |${" --- |".repeat(names.length)}`, ...rows].join("\n");
  const docs = readFileSync(join(import.meta.dirname, "../../docs/models.md"), "utf8");
  const stands = docs.slice(docs.indexOf("<!-- matrix -->"), docs.indexOf("<!-- /matrix -->"));
  expect(`<!-- matrix -->\n${table}\n`).toBe(stands);
});
