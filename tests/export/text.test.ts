/** Models of tokens as files for plain ONNX Runtime: written token by token they say what the model says of whole texts. */
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { pairDataset } from "../../src/data/text/pairs-dataset.ts";
import { labelledDataset, textDataset } from "../../src/data/text/text-dataset.ts";
import { END } from "../../src/data/text/vocabulary.ts";
import { sequencesIn } from "../../src/data/whole-sequences.ts";
import { type ExportedText, exportTextGraph, textGraphNamesOf } from "../../src/export/export.ts";
import { beamSearch } from "../../src/inference/beam.ts";
import { classifySequences } from "../../src/inference/classify.ts";
import { scoreRows } from "../../src/inference/score.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { modelDataOf } from "../../src/models/family.ts";
import type { Model } from "../../src/models/model.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { Values } from "../../src/runtime/runtime.ts";
import { initialWeights } from "../../src/train/weights.ts";

const runtime = nodeRuntime();
const words = ["one", "two", "three", "four", "five"];
const texts = Array.from(
  { length: 12 },
  (_, i) => `${words[i % 5]} ${words[(i * 3 + 1) % 5]} ${words[(i * 2) % 5]}`,
);
const all = { split: [0.5, 0, 0.5] as const };

const exportedOf = (model: Model, vocabulary: ExportedText["vocabulary"]): ExportedText => ({
  ...{ model, vocabulary, family: "vrnn", version: "0.0.0" },
  weights: initialWeights(model.parameters, 3),
});

const int64 = (values: Iterable<number>, dims: number[]) =>
  new ort.Tensor("int64", BigInt64Array.from(values, BigInt), dims);
const zeros = (shape: readonly number[]) =>
  new ort.Tensor("float32", new Float32Array(shape.reduce((a, b) => a * b, 1)), [...shape]);

/** What a file takes that is not fed, as zeros for one row. */
function filled(session: ort.InferenceSession, fed: Record<string, ort.Tensor>): Record<string, ort.Tensor> {
  const lacking = session.inputMetadata.flatMap((each) => {
    if (each.name in fed || !each.isTensor) return [];
    return [[each.name, zeros(each.shape.map((size) => (typeof size === "number" ? size : 1)))] as const];
  });
  return { ...Object.fromEntries(lacking), ...fed };
}

const renamed = (results: ort.InferenceSession.OnnxValueMapType) =>
  Object.fromEntries(
    Object.entries(results).flatMap(([name, value]) =>
      name.endsWith(".next") ? [[name.slice(0, -".next".length), value as ort.Tensor]] : [],
    ),
  );

/** log p of each token of a text, one after the other. */
async function writtenBy(exported: ExportedText, ids: Int32Array, known: Record<string, ort.Tensor>) {
  const [first, step] = (await Promise.all(
    (["begin", "token"] as const).map((name) =>
      ort.InferenceSession.create(exportTextGraph(name, exported).model),
    ),
  )) as [ort.InferenceSession, ort.InferenceSession];
  let results = await first.run(filled(first, known));
  const given = Object.fromEntries(
    Object.entries(results).filter(([name]) => name.startsWith("given.")),
  ) as Record<string, ort.Tensor>;
  const nats: number[] = [];
  for (const id of ids) {
    nats.push((results["log_prob"]!.data as Float32Array)[id]!);
    const fed = { ...given, ...renamed(results), token: int64([id], [1]) };
    const wanted = Object.fromEntries(Object.entries(fed).filter(([name]) => step.inputNames.includes(name)));
    results = await step.run(filled(step, wanted));
  }
  await Promise.all([first.release(), step.release()]);
  return nats;
}

describe("a language model", () => {
  const { fields, splits } = textDataset(texts.join("\n"), "texts.txt", {
    ...{ unit: "characters", per: "line", ...all },
  });
  const built = (options: object) =>
    modelFamilies.vrnn.build(modelDataOf(fields), { hidden: 8, latent: 0, embedding: 5, ...options });

  test.each([{}, { cell: "lstm", layers: 2, tied: true }])(
    "%j is written token by token as it is scored",
    async (options) => {
      const exported = exportedOf(built(options), fields.x.vocabulary);
      const sequences = await sequencesIn(splits.test);
      const [own] = await scoreRows({ ...exported, runtime, fields, sequences, seed: 1 });
      const nats = await writtenBy(exported, sequences[0]!.values["x"] as Int32Array, {});
      expect(nats.length).toBe(own!.total.length);
      nats.forEach((each, t) => void expect(each).toBeCloseTo(own!.total[t]!, 4));
    },
  );

  test("scores texts side by side, whatever stands beyond the end of the shorter", async () => {
    const exported = exportedOf(built({}), fields.x.vocabulary);
    const sequences = (await sequencesIn(splits.test)).slice(0, 2);
    const scores = await scoreRows({ ...exported, runtime, fields, sequences, seed: 1 });
    const T = Math.max(...sequences.map(({ length }) => length));
    const at = (t: number, b: number) => (sequences[b]!.values["x"] as Int32Array)[t];
    const places = Array.from({ length: T * 2 }, (_, i) => at(Math.floor(i / 2), i % 2));
    const session = await ort.InferenceSession.create(exportTextGraph("score", exported).model);
    const mask = new ort.Tensor(
      "float32",
      Float32Array.from(places, (id) => Number(id !== undefined)),
      [T, 2],
    );
    const state = zeros([2, 8]);
    const x = int64(
      places.map((id) => id ?? 0),
      [T, 2],
    );
    const { total } = await session.run({ x, mask, "state.h": state });
    for (const [b, own] of scores.entries())
      own.total.forEach(
        (nats, t) => void expect((total!.data as Float64Array)[t * 2 + b]).toBeCloseTo(nats, 4),
      );
    await session.release();
  });

  test("with latent variables takes their noise: zeros stand for means, other numbers say otherwise", async () => {
    const exported = exportedOf(built({ latent: 3 }), fields.x.vocabulary);
    const session = await ort.InferenceSession.create(exportTextGraph("begin", exported).model);
    const probabilities = async (noise: number) => {
      const fed = { noise: new ort.Tensor("float32", new Float32Array(3).fill(noise), [1, 3]) };
      return [...((await session.run(filled(session, fed)))["log_prob"]!.data as Float32Array)];
    };
    const [still, moved] = [await probabilities(0), await probabilities(2)];
    expect(still.reduce((sum, each) => sum + Math.exp(each), 0)).toBeCloseTo(1, 5);
    expect(still).not.toEqual(moved);
    await session.release();
  });
});

test("a translator begins by reading its source, and writes as it is scored", async () => {
  const pairs = texts.map((source, i) => ({
    name: `${i}`,
    source,
    target: source.split(" ").reverse().join(" "),
  }));
  const { fields, splits } = pairDataset(pairs, "pairs.tsv", { unit: "words", ...all });
  for (const options of [
    { latent: 0 },
    { latent: 2, latentScope: "sequence" },
    { latent: 2, latentScope: "step" },
  ]) {
    const model = modelFamilies.translate.build(modelDataOf(fields), { hidden: 6, embedding: 5, ...options });
    const exported = exportedOf(model, fields.x.vocabulary);
    expect(textGraphNamesOf(model)).toEqual(["score", "begin", "token"]);
    const sequences = await sequencesIn(splits.test);
    const { x, source } = sequences[0]!.values as Record<"x" | "source", Int32Array>;
    const known = { source: int64(source, [source.length, 1]), lengths: int64([source.length], [1]) };
    // Latent variables at the means of their priors: what the beam writes is as likely as the graphs say.
    const own = Object.fromEntries(
      Object.entries(known).map(([name, { dims, data }]) => [name, { dtype: "int64", shape: dims, data }]),
    ) as Values;
    const [found] = await beamSearch({ ...exported, runtime, width: 3, steps: 8, known: own });
    const ids = Int32Array.from(found!.ids.length < 8 ? [...found!.ids, END] : found!.ids);
    const written = (await writtenBy(exported, ids, known)).reduce((all, each) => all + each, 0);
    if (ids.at(-1) === END) expect(written).toBeCloseTo(found!.logProbability, 4);
    else expect(written).toBeGreaterThan(found!.logProbability); // the end was to come
    if (options.latent > 0) continue;
    const nats = await writtenBy(exported, x, known);
    const [scored] = await scoreRows({ ...exported, runtime, fields, sequences, seed: 1 });
    nats.forEach((each, t) => void expect(each).toBeCloseTo(scored!.total[t]!, 4));
  }
});

test("a classifier tells labels as it does here", async () => {
  const labelled = texts.map((text, i) => ({
    name: `${i}`,
    text,
    label: text.startsWith("one") ? "a" : "b",
  }));
  const data = labelledDataset(labelled, "labelled.csv", { unit: "words", ...all });
  const { fields, splits } = data;
  const model = modelFamilies.classify.build(modelDataOf(fields, "label"), {
    hidden: 4,
    latent: 0,
    reader: 3,
  });
  const exported = { ...exportedOf(model, fields.x.vocabulary), levels: fields.label.levels };
  expect(textGraphNamesOf(model)).toContain("label");
  const [first] = await sequencesIn(splits.test);
  const [told] = await classifySequences({ ...exported, runtime, fields, source: splits.test, seed: 1 });
  const { x, grams } = first!.values as Record<"x" | "grams", Int32Array>;
  const session = await ort.InferenceSession.create(exportTextGraph("label", exported).model);
  const ones = (...dims: number[]) => new ort.Tensor("float32", new Float32Array(dims[0]!).fill(1), dims);
  const { label_log_prob } = await session.run(
    filled(session, {
      ...{ x: int64(x, [x.length, 1]), mask: ones(x.length, 1), lengths: int64([x.length], [1]) },
      ...{ grams: int64(grams, [grams.length, 1]), "grams.mask": ones(grams.length, 1) },
    }),
  );
  [...(label_log_prob!.data as Float32Array)].forEach(
    (each, l) => void expect(each).toBeCloseTo(told!.logProb[l]!, 4),
  );
  await session.release();
});
