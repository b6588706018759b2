/** Trains in a folder, stops amid an epoch, goes on, and ends with the very weights of a run that never stopped. */
import { writeFileSync } from "node:fs";
import { trainingOptions } from "vrnn";
import { newConfig, nodeRuntime, openRun, readDataset, trainRun } from "vrnn/node";
import { waves } from "./shared.ts";

const rows = waves().flatMap(({ wave }, i) => wave.map((value) => `${i},${value.toFixed(3)}`));
writeFileSync("waves.csv", ["recording,wave", ...rows].join("\n"));
const schema = { sequence: "recording" };
const data = readDataset("waves.csv", schema);
const training = trainingOptions.parse({ epochs: 6, learningRate: 0.02, window: 50, shards: 1 });
const model = { hidden: 24, latent: 3 }; // the rest as the command line has it
const config = newConfig({ family: "vrnn", model, training, path: "waves.csv", data, schema });
const job = { config, data, runtime: nodeRuntime() };

const stop = new AbortController();
for await (const event of trainRun({ ...job, path: "stopped", start: "new", signal: stop.signal })) {
  if (event.type === "step" && event.step === 10) stop.abort(); // as Ctrl-C would
  if (event.type === "end") console.log(`${event.reason} after step ${event.step}`);
}
for await (const event of trainRun({ ...job, path: "stopped", start: "resume" }))
  if (event.type === "end") console.log(`${event.reason} after step ${event.step}`);
for await (const _ of trainRun({ ...job, path: "whole", start: "new" }));

const [stopped, whole] = [openRun("stopped").weights, openRun("whole").weights];
const same = stopped.every((weight, i) => weight === whole[i]);
console.log(`${same ? "all" : "not all"} of ${whole.length} weights are the same, to the last bit`);
