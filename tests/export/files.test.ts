import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { decodeSafetensors } from "../../src/checkpoint/safetensors.ts";
import { exportGraph, exportGraphNames, exportWeights } from "../../src/export/export.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { latentWidth } from "../../src/models/model.ts";
import { stateShapes } from "../../src/models/state.ts";
import { sizeOf } from "../../src/nn/parameters.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { eachParameter } from "../../src/train/weights.ts";
import { mixed, sequencesOf } from "../inference/columns.ts";
import { modelProto } from "../onnx/model-proto.ts";
import { scratchFolder } from "../run/scratch.ts";
import { bytesOf, exportedOf, noiseOf, seed, variants } from "./example.ts";

interface Named {
  readonly name: string;
}

interface Model {
  readonly graph: {
    readonly node: readonly { input: string[]; output: string[]; opType: string; domain: string }[];
    readonly initializer: readonly (Named & { dims: number[]; rawData: Uint8Array })[];
    readonly input: readonly Named[];
    readonly output: readonly Named[];
  };
  readonly opsetImport: readonly { domain: string; version: number }[];
  readonly metadataProps: readonly { key: string; value: string }[];
}

const decoded = (bytes: Uint8Array): Model =>
  modelProto.toObject(modelProto.decode(bytes), { longs: Number, defaults: true, arrays: true }) as Model;

const namesOf = (all: readonly Named[]): string[] => all.map(({ name }) => name);

describe.each(Object.entries(variants))("%s", (_, options) => {
  const exported = exportedOf(options);

  test.each(exportGraphNames)(
    "%s: standard operators only, every value is there before it is used",
    (name) => {
      const { graph, opsetImport } = decoded(bytesOf(name, exported));
      expect(opsetImport).toEqual([{ domain: "", version: 21 }]);
      const known = new Set([...namesOf(graph.input), ...namesOf(graph.initializer)]);
      for (const { input, output, opType, domain } of graph.node) {
        expect(domain).toBe("");
        for (const each of input) expect(known, `${opType} reads ${each}`).toContain(each);
        for (const each of output) expect(known, `${opType} writes ${each} again`).not.toContain(each);
        for (const each of output) known.add(each);
      }
      for (const each of namesOf(graph.output)) expect(known).toContain(each);
    },
  );

  test.each(exportGraphNames)("%s: each weight that is used lies inside under its dotted name", (name) => {
    const { graph } = decoded(bytesOf(name, exported));
    const { parameters } = exported.model;
    const own = new Map(
      eachParameter(parameters, exported.weights).map(({ parameter, values }) => [parameter, values]),
    );
    const stored = graph.initializer.filter((each) =>
      parameters.some((parameter) => parameter.name === each.name),
    );
    expect(stored.length).toBeGreaterThan(parameters.length / 2);
    for (const { name: weight, dims, rawData } of stored) {
      const parameter = parameters.find((each) => each.name === weight)!;
      expect(dims).toEqual(parameter.shape);
      expect(new Float32Array(Uint8Array.from(rawData).buffer)).toEqual(own.get(parameter)!.slice());
    }
  });
});

test("the metadata tell the columns with their scaling, and what inputs and outputs mean", () => {
  const exported = exportedOf({});
  const program = exportGraph("score", exported);
  const { metadataProps, graph } = decoded(program.model);
  const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
  expect(metadata).toMatchObject({ "vrnn.version": "0.0.0", "vrnn.family": "vrnn", "vrnn.graph": "score" });
  const { mean, standardDeviation: deviation } = mixed[0]!;
  expect(JSON.parse(metadata["vrnn.columns"]!)).toEqual([
    { name: "level", kind: "real", levels: [], resolution: 0.25, shift: mean, scale: deviation },
    { name: "flag", kind: "binary", levels: [], resolution: mixed[1]!.resolution, shift: 0, scale: 1 },
    {
      name: "mode",
      kind: "categorical",
      levels: ["idle", "busy", "off"],
      resolution: mixed[2]!.resolution,
      shift: 0,
      scale: 1,
    },
  ]);
  const told = { ...JSON.parse(metadata["vrnn.inputs"]!), ...JSON.parse(metadata["vrnn.outputs"]!) };
  expect(Object.keys(told).sort()).toEqual([...namesOf(graph.input), ...namesOf(graph.output)].sort());
  expect(told["x"]).toMatchObject({ dtype: "float64", shape: ["T", "B", 3] });
  for (const { meaning } of Object.values(told) as { meaning: string }[]) expect(meaning).toMatch(/\w/);
});

test("the weights alone are a safetensors file that reads back", () => {
  const exported = exportedOf({ cell: "lstm" });
  const { tensors, metadata } = decodeSafetensors(exportWeights(exported), "model.safetensors");
  for (const { parameter, values } of eachParameter(exported.model.parameters, exported.weights))
    expect(tensors[parameter.name]).toEqual({ dtype: "F32", shape: parameter.shape, data: values.slice() });
  expect(metadata["vrnn.family"]).toBe("vrnn");
});

const folder = scratchFolder();
const hasPython = spawnSync("python3", ["-c", "import onnxruntime, numpy"]).status === 0;
const where = hasPython ? "" : " (skipped: python3 has no onnxruntime here, and Debian has no package of it)";

test.skipIf(!hasPython)(`plain onnxruntime in Python gives the same numbers${where}`, async () => {
  const sequence = sequencesOf([11])[0]!;
  const cases: Record<string, object> = {};
  for (const [i, options] of Object.values(variants).entries()) {
    const exported = exportedOf(options);
    const { model, weights } = exported;
    const runtime = nodeRuntime();
    const [scores] = await scoreSequences({
      runtime,
      model,
      weights,
      columns: mixed,
      sequences: [sequence],
      seed,
    });
    const states = Object.entries(stateShapes(model)).map(([part, shape]) => [
      `state.${part}`,
      { dtype: "float32", shape: [1, ...shape], data: Array(sizeOf({ shape })).fill(0) },
    ]);
    const inputs = {
      x: { dtype: "float64", shape: [sequence.length, 1, 3], data: [...sequence.values] },
      noise: {
        dtype: "float32",
        shape: [sequence.length, 1, latentWidth(model)],
        data: [...noiseOf(model, sequence)],
      },
      ...Object.fromEntries(states),
    };
    const { total, logLikelihood, kl, emissionMean, latent } = scores!;
    const wanted = { total, log_likelihood: logLikelihood, kl: kl, expected: emissionMean };
    const asLists = (values: Record<string, Float64Array>) =>
      Object.fromEntries(Object.entries(values).map(([name, numbers]) => [name, [...numbers]]));
    cases[`${i}.score.onnx`] = { inputs, outputs: asLists(wanted) };
    cases[`${i}.encode.onnx`] = { inputs, outputs: asLists({ latent }) };
    writeFileSync(join(folder, `${i}.score.onnx`), bytesOf("score", exported));
    writeFileSync(join(folder, `${i}.encode.onnx`), bytesOf("encode", exported));
  }
  writeFileSync(join(folder, "expected.json"), JSON.stringify(cases));
  const script = fileURLToPath(new URL("check.py", import.meta.url));
  const { status, stdout, stderr } = spawnSync("python3", [script, folder], { encoding: "utf8" });
  expect(`${stdout}${stderr}`).not.toMatch(/Error/);
  expect(status).toBe(0);
});
