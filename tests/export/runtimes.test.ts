import { createRequire } from "node:module";
import * as node from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import type { ExportGraph } from "../../src/export/export.ts";
import { sampleSequences } from "../../src/inference/sample.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { latentWidth } from "../../src/models/model.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { mixed, sequencesOf } from "../inference/columns.ts";
import { bytesOf, exportedOf, noiseOf, noState, samplingDraws, seed, variants, worst } from "./example.ts";

// The same interface; loaded by its name in CommonJS, as the package's ES build looks for files of a web page.
const web = createRequire(import.meta.url)("onnxruntime-web/wasm") as unknown as typeof node;
web.env.wasm.numThreads = 1;

/** What a file may be run with: plain ONNX Runtime, nothing of this project. */
const runtimes: Readonly<Record<string, { ort: typeof node; provider: string }>> = {
  "onnxruntime-node": { ort: node, provider: "cpu" },
  "onnxruntime-web (WebAssembly, in Node)": { ort: web, provider: "wasm" },
};

const sequence = sequencesOf([11])[0]!;
const { length } = sequence;
const width = mixed.length;

describe.each(Object.entries(runtimes))("with %s", (_, { ort, provider }) => {
  describe.each(Object.entries(variants))("%s", (_name, options) => {
    const exported = exportedOf(options);
    const { model, weights } = exported;
    const library = { runtime: nodeRuntime(), model, weights, columns: mixed, seed };
    const open = (name: ExportGraph) =>
      ort.InferenceSession.create(bytesOf(name, exported), { executionProviders: [provider] });
    const noise = () => new ort.Tensor("float32", noiseOf(model, sequence), [length, 1, latentWidth(model)]);
    const x = () => new ort.Tensor("float64", sequence.values, [length, 1, width]);

    test("score gives the library's numbers, in the units of the data, with values missing", async () => {
      const [scores] = await scoreSequences({ ...library, sequences: [sequence] });
      const session = await open("score");
      const results = await session.run({ x: x(), noise: noise(), ...noState(ort, model) });
      const numbers = (name: string) => results[name]!.data as Float64Array;
      expect(sequence.values.some(Number.isNaN)).toBe(true);
      expect(results["total"]!.dims).toEqual([length, 1]);
      expect(worst(numbers("total"), scores!.total)).toBeLessThan(1e-5);
      expect(worst(numbers("log_likelihood"), scores!.logLikelihood)).toBeLessThan(1e-5);
      expect(worst(numbers("kl"), scores!.kl)).toBeLessThan(1e-5);
      expect(worst(numbers("expected"), scores!.emissionMean)).toBeLessThan(1e-5);
      await session.release();
    });

    test("encode gives the library's latent variables", async () => {
      const [scores] = await scoreSequences({ ...library, sequences: [sequence] });
      const session = await open("encode");
      const results = await session.run({ x: x(), noise: noise(), ...noState(ort, model) });
      expect(worst(results["latent"]!.data as Float32Array, scores!.latent)).toBeLessThan(1e-5);
      const scales = results["latent_scale"]!.data as Float32Array;
      expect(scales.every((scale) => scale > 0)).toBe(true);
      await session.release();
    });

    test("step, taken once for each step of the data, gives what score gives at once", async () => {
      const [scores] = await scoreSequences({ ...library, sequences: [sequence] });
      const session = await open("step");
      const numbers = noiseOf(model, sequence);
      let state = noState(ort, model);
      const totals: number[] = [];
      for (let t = 0; t < length; t++) {
        const row = (table: Float64Array, size: number) => table.slice(t * size, (t + 1) * size);
        const own = numbers.slice(t * latentWidth(model), (t + 1) * latentWidth(model));
        const results = await session.run({
          x: new ort.Tensor("float64", row(sequence.values, width), [1, width]),
          noise: new ort.Tensor("float32", own, [1, latentWidth(model)]),
          ...state,
        });
        totals.push((results["total"]!.data as Float64Array)[0]!);
        expect(
          worst(results["latent"]!.data as Float32Array, row(scores!.latent, latentWidth(model))),
        ).toBeLessThan(1e-5);
        state = Object.fromEntries(Object.keys(state).map((name) => [name, results[`${name}.next`]!]));
      }
      expect(worst(totals, scores!.total)).toBeLessThan(1e-5);
      await session.release();
    });

    test("sample gives the library's sequences, on the grid of the data", async () => {
      const [made] = await sampleSequences({ ...library, count: 1, steps: length });
      const session = await open("sample");
      const draws = (kind: "noise" | "uniform" | "normal", size: number) =>
        new ort.Tensor("float32", samplingDraws(kind, length * size), [length, 1, size]);
      const results = await session.run({
        noise: draws("noise", latentWidth(model)),
        uniform: draws("uniform", model.emission.uniforms),
        normal: draws("normal", model.emission.normals),
        temperature: new ort.Tensor("float32", Float32Array.of(1), []),
        ...noState(ort, model),
      });
      expect(worst(results["x"]!.data as Float64Array, made!.values)).toBeLessThan(1e-5);
      await session.release();
    });
  });
});
