import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { sequenceSource } from "../../src/data/field-dataset.ts";
import { scaleSeries, seriesUnits } from "../../src/data/series-units.ts";
import { classifySequences } from "../../src/inference/classify.ts";
import { encodeSequences } from "../../src/inference/encode.ts";
import { filterSequences } from "../../src/inference/filter.ts";
import { forecastSequences } from "../../src/inference/forecast.ts";
import { imputeSequences } from "../../src/inference/impute.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { vrnn } from "../../src/models/vrnn/family.ts";
import { newConfig, openRun } from "../../src/run/run.ts";
import { tableOf } from "../../src/run/run-fields.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { openRunFiles } from "../../src/web/open-run.ts";
import type { SequencesChoice } from "../../src/web/place.ts";
import { type Job, type Result, runTask, type TaskName, type Told } from "../../src/web/tasks.ts";
import { datasetFromText } from "../../src/web/text.ts";
import { readRunData } from "../../src/workbench/run-data.ts";
import { trainRun } from "../../src/workbench/train.ts";
import { scratchFolder } from "../run/scratch.ts";
import { choice, recordings, schema, texts, training } from "./steps.ts";

const runtime = nodeRuntime();
const scratch = scratchFolder();
const data = datasetFromText(recordings.short, "waves.csv", schema);
const { columns, splits } = data;
const { test: sequences } = splits;

/** What a worker does when it is asked to, without the messages. */
async function run<Name extends TaskName>(name: Name, job: Job<Name>, told: Told[] = []) {
  const { signal } = new AbortController();
  return (await runTask(name, job, { runtime, signal, emit: (event) => told.push(event) })) as Result<Name>;
}

let brought: SequencesChoice;
const told: Told[] = [];
beforeAll(async () => {
  const { weights } = await run("train", { ...choice, data, training: { ...training, epochs: 1 } }, told);
  brought = { ...choice, columns, weights, sequences };
});

const settings = async () => {
  const { modelFamilies } = await import("../../src/models/families.ts");
  const model = modelFamilies.vrnn.build(data, choice.model);
  return { runtime, model, columns, weights: brought.weights, sequences };
};

test("training tells its course, and a file that is no File its name", async () => {
  const kinds = told.map((event) => (event.type === "training" ? event.event.type : event.type));
  expect(kinds.filter((kind) => kind === "step")).toHaveLength(4);
  expect(kinds.slice(-7)).toEqual(["epoch", "end", "note", "note", "note", "note", "note"]);
  const lines = told.flatMap((event) => (event.type === "note" ? [event.text] : []));
  expect(lines[1]).toMatch(/^kept: the weights of epoch \d+, the best$/);
});

describe("every operation over sequences gives in a worker what its task gives", () => {
  test("score", async () => {
    const expected = await scoreSequences({ ...(await settings()), seed: 2, samples: 3 });
    expect(await run("score", { ...brought, seed: 2, samples: 3 })).toEqual(expected);
  });

  test("evaluate, with the bound of each", async () => {
    const { whole, each } = await run("evaluate", { ...brought, perSequence: true });
    const { natsPerStep, steps } = whole;
    expect(each.map(({ name }) => name)).toEqual(sequences.map(({ name }) => name));
    const all = each.reduce((sum, { nats }) => sum + nats, 0);
    expect(Math.abs(all / steps - natsPerStep)).toBeLessThan(0.3);
  });

  test("forecast, without files that calibrate it", async () => {
    const options = { horizon: 3, seed: 1, temperature: 1 };
    const expected = await forecastSequences({ ...(await settings()), ...options, particles: 5 });
    expect(await run("forecast", { ...brought, ...options, samples: 5 })).toEqual(expected);
  });

  test("filter", async () => {
    const expected = await filterSequences({ ...(await settings()), particles: 5, seed: 1 });
    expect(await run("filter", { ...brought, samples: 5 })).toEqual(expected);
    expect(await run("reconstruct", { ...brought, samples: 5 })).toMatchObject({ filtered: expected });
  });

  test("impute", async () => {
    const expected = await imputeSequences({ ...(await settings()), particles: 5, seed: 1, lag: 2 });
    expect(await run("impute", { ...brought, samples: 5, lag: 2 })).toEqual(expected);
  });

  test("encode", async () => {
    const expected = await encodeSequences({ ...(await settings()), particles: 5, seed: 1 });
    expect(await run("encode", { ...brought, samples: 5, state: true })).toEqual(expected);
  });
});

test("a model whose sequences are scaled one by one is told by how many steps, and refused sequences that say so without", async () => {
  const scaled = scaleSeries(data, 3);
  const { weights } = await run("train", { ...choice, data: scaled, training: { ...training, epochs: 1 } });
  const { scaleSteps } = scaled;
  const model = vrnn.build(scaled, choice.model);
  const given = { columns, weights, sequences: scaled.splits.test };
  const job = { ...choice, ...given, ...(scaleSteps !== undefined && { scaleSteps }) };
  const expected = await scoreSequences({ runtime, model, ...given, seed: 1 });
  expect(await run("score", { ...job, seed: 1 })).toEqual(expected);
  const { sequences: _, ...trained } = job;
  const [made] = await run("sample", { ...trained, count: 1, steps: 6, seed: 2 });
  expect(made!.units).toEqual(seriesUnits(made!, columns, 3));
  await expect(run("score", { ...brought, sequences: given.sequences })).rejects.toMatchObject({
    code: "model/units",
  });
});

test("export gives files by their names", async () => {
  const { sequences: _, ...trained } = brought;
  const files = await run("export", { ...trained, out: "waves.onnx", graphs: ["step"] });
  expect([...files.keys()]).toEqual(["waves.step.onnx", "waves.safetensors"]);
  expect(files.get("waves.step.onnx")!.length).toBeGreaterThan(1000);
});

test("info describes data", async () => {
  expect(await run("info", { data })).toMatchObject({ kind: "data", columns });
});

describe("text", () => {
  const file = new File([texts.letters(900)], "letters.txt");

  test("is read, learnt, scored and written, and what works on tables refuses it", async () => {
    const data = await run("readText", { file, options: texts.tokens });
    expect(structuredClone(data)).toEqual(data);
    const { fields, modality, splits } = data;
    const { weights, test } = await run("train", { ...texts.choice, data, training: texts.training });
    const trained = { ...texts.choice, fields, modality, weights };
    const { whole } = await run("evaluate", { ...trained, sequences: splits.test });
    expect(Math.abs(whole.natsPerStep - test!.natsPerStep)).toBeLessThan(0.05);
    const scores = await run("score", { ...trained, sequences: splits.test });
    expect(scores.map(({ length }) => length)).toEqual([135]);
    const lines: Told[] = [];
    const [first] = await run("sample", { ...trained, ...texts.writing }, lines);
    expect(first).toMatchObject({ length: 30 });
    expect(lines.find(({ type }) => type === "lines")).toMatchObject({
      lines: [expect.stringMatching(/^abcd[a-f]{30}$/), "", expect.stringMatching(/^abcd[a-f]{30}$/)],
    });
    await expect(run("forecast", { ...trained, sequences: splits.test })).rejects.toThrow(
      "forecast works on tables, and this run is of text",
    );
  });

  test("an empty one is refused", async () => {
    const empty = new File([" "], "empty.txt");
    await expect(run("readText", { file: empty, options: texts.tokens })).rejects.toThrow(
      "the file is empty",
    );
  });
});

/** The files of a run's folder that a page opens. */
function filesOf(folder: string, damage: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes) {
  const file = (entry: string, change: typeof damage) =>
    new File([change(readFileSync(join(folder, entry))) as Uint8Array<ArrayBuffer>], entry);
  return { config: file("config.json", (bytes) => bytes), weights: file("weights.safetensors", damage) };
}

describe("a run of another place", () => {
  const fixture = (name: string) => join(import.meta.dirname, "../run/fixtures", name);

  test.each(["format-1", "format-2", "format-3"])(
    "of %s is opened and scores as it does from its folder",
    async (name) => {
      const folder = fixture(name);
      const opened = await openRunFiles(filesOf(folder));
      const { config, model, weights: own } = openRun(folder);
      expect(opened.weights).toEqual(own);
      const sequences = readRunData(config, () => undefined, join(folder, "waves.csv")).splits.test;
      const { columns } = tableOf(config);
      const expected = await scoreSequences({ runtime, model, weights: own, columns, sequences, seed: 1 });
      expect(await run("score", { ...opened, sequences, seed: 1 })).toEqual(expected);
    },
  );

  test("whose weights are damaged is refused", async () => {
    const flip = (bytes: Uint8Array) => {
      const damaged = Uint8Array.from(bytes);
      damaged[damaged.length - 1]! ^= 1;
      return damaged;
    };
    await expect(openRunFiles(filesOf(fixture("format-3"), flip))).rejects.toMatchObject({
      code: "checkpoint/checksum",
    });
  });
});

describe("what cannot be is told in one line", () => {
  const refused = (name: string, job: object) => run(name as "score", job as Job<"score">);

  test.each<[string, () => object, string]>([
    ["skore", () => brought, 'there is no task "skore" (did you mean "score"?)'],
    ["score", () => ({ ...brought, samples: 0 }), "samples: it must be at least 1, and 0 was given"],
    ["score", () => ({ ...brought, sed: 1 }), 'there is no "sed"'],
    ["score", () => ({ ...brought, family: "vrn" }), 'there is no model family "vrn" (did you mean "vrnn"?)'],
    ["score", () => ({ ...brought, model: { hiden: 3 } }), 'model: there is no "hiden"'],
    ["score", () => ({ ...brought, weights: undefined }), "weights: the job lacks it (give `weights`)"],
    ["train", () => ({ ...choice, training }), "data: the job lacks it (give `data`)"],
    ["train", () => ({ ...choice, family: "vrn", data }), 'no model family "vrn" (did you mean "vrnn"?)'],
    ["calibrate", () => brought, "this needs files, and there are none here"],
    ["forecast", () => ({ ...brought, picture: "a.svg" }), "nothing draws here (leave the picture out)"],
  ])("%s %#", async (name, job, line) => {
    await expect(refused(name, job())).rejects.toThrow(line);
  });

  test("an option without effect on the model is refused as at the command line", async () => {
    const hmm = { family: "hmm", model: { states: 2 } } as const;
    const data = datasetFromText(
      `x\n${Array.from({ length: 60 }, (_, t) => Math.sin(t)).join("\n")}\n`,
      "x.csv",
    );
    const { weights } = await run("train", { ...hmm, data, training: { ...training, epochs: 1 } });
    const sequences = data.splits.test;
    const trained = { ...hmm, columns: data.columns, weights, sequences };
    await expect(run("impute", { ...trained, lag: 2 })).rejects.toThrow(
      "option '--lag' has no effect: the model learns from all steps of a sequence, without particles",
    );
    expect(await run("impute", { ...trained, samples: 5 })).toHaveLength(sequences.length);
  });

  test("watching needs lines that come in", async () => {
    const { sequences: _, ...trained } = brought;
    await expect(run("watch", trained)).rejects.toMatchObject({ code: "operation/no-files" });
  });
});

describe("a label of each sequence", () => {
  const rows = Array.from({ length: 20 }, (_, k) =>
    Array.from({ length: 8 }, (_, t) => `s${k},${(k % 2 ? t : 8 - t) + k / 10},${k % 2 ? "up" : "down"}`),
  ).flat();
  const csv = `id,level,way\n${rows.join("\n")}\n`;
  const ways = datasetFromText(csv, "ways.csv", { sequence: "id", label: "way" });
  const shape = { family: "vrnn", model: { hidden: 6, latent: 2 } } as const;
  const objective = { objective: "cross-entropy", epochs: 20, learningRate: 0.03, shards: 1 } as const;

  test("is learned and told, and the rest does without it", async () => {
    const { weights, test: bound } = await run("train", { ...shape, data: ways, training: objective });
    expect(bound!["accuracy"]).toBe(1);
    const given = {
      ...shape,
      columns: ways.columns,
      label: ways.label,
      weights,
      sequences: ways.splits.test,
    };
    const classified = await run("classify", { ...given, samples: 2 });
    const { levels } = ways.label!;
    for (const [i, { predicted, label }] of classified.entries()) {
      expect(levels[predicted[0]!]).toBe(Number(ways.splits.test[i]!.name.slice(1)) % 2 ? "up" : "down");
      expect(label).toEqual(predicted);
    }
    const bare = ways.splits.test.map(({ label: _, ...rest }) => rest);
    const unlabelled = await run("classify", { ...given, sequences: bare, samples: 2 });
    expect(unlabelled.map(({ logProb }) => logProb)).toEqual(classified.map(({ logProb }) => logProb));
    expect(unlabelled.every(({ label }) => label[0] === -1)).toBe(true);
    expect((await run("score", given)).map(({ name }) => name)).toEqual(bare.map(({ name }) => name));
  });

  test("is told by a run that was opened as it is by the run in its folder", async () => {
    const path = join(scratch, "ways");
    const training = trainingOptions.parse({ ...objective, epochs: 2 });
    const config = newConfig({ ...shape, training, path, data: ways, schema: { label: "way" } });
    for await (const _ of trainRun({ path, config, data: ways, runtime, start: "new" }));
    const opened = await openRunFiles(filesOf(path));
    expect(opened.readout).toEqual({ field: "label" });
    const { model, weights } = openRun(path);
    const { fields } = config;
    const source = sequenceSource(ways.splits.test, fields);
    const asked = { seed: 1, samples: 2 };
    const expected = await classifySequences({ runtime, model, weights, fields, source, ...asked });
    expect(await run("classify", { ...opened, sequences: ways.splits.test, ...asked })).toEqual(expected);
  });

  test("is asked for where the objective needs one, and where it is to be told", async () => {
    await expect(run("train", { ...shape, data, training: objective })).rejects.toMatchObject({
      code: "objective/no-labels",
    });
    await expect(run("classify", brought)).rejects.toMatchObject({ code: "model/no-readout" });
  });
});
