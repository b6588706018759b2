/** Exports a model as ONNX and runs the file with ONNX Runtime alone: it says what the library says. */
import { writeFileSync } from "node:fs";
import * as ort from "onnxruntime-node";
import { datasetFromArrays, exportGraph, latentWidth, scoreNoise, scoreSequences } from "vrnn";
import { mean, trained, waves } from "./shared.ts";

const data = datasetFromArrays(waves(), { only: ["wave"] });
const trainedModel = await trained(data);
const { model: bytes } = exportGraph("score", { ...trainedModel, family: "vrnn", version: "0.1.0" });
writeFileSync("wave.score.onnx", bytes);

const session = await ort.InferenceSession.create("wave.score.onnx");
console.log(`inputs: ${session.inputNames.join(", ")}`);
const [sequence] = data.splits.test;
const { length, values } = sequence!;
const latentSize = latentWidth(trainedModel.model);
const [hidden] = trainedModel.model.state["h"] as [number];
const noise = new Float32Array(length * latentSize);
scoreNoise(trainedModel.seed, sequence!).fillNormal(noise); // what the library draws for this sequence
const results = await session.run({
  x: new ort.Tensor("float64", values, [length, 1, 1]), // in the units of the data
  noise: new ort.Tensor("float32", noise, [length, 1, latentSize]),
  "state.h": new ort.Tensor("float32", new Float32Array(hidden), [1, hidden]),
});
const [scores] = await scoreSequences({ ...trainedModel, sequences: [sequence!] });
console.log(`ONNX Runtime: ${mean(results["total"]!.data as Float64Array).toFixed(5)} nats per step`);
console.log(`the library: ${mean(scores!.total).toFixed(5)} nats per step`);
