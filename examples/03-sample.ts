/** Makes new waves up: by the model's own spread, and tamer, by a lower temperature. */
import { datasetFromArrays, sampleSequences } from "vrnn";
import { trained, waves } from "./shared.ts";

const data = datasetFromArrays(waves(), { only: ["wave"] });
const model = await trained(data);

const marks = "▁▂▃▄▅▆▇█";
const drawn = (value: number) => marks[Math.max(0, Math.min(7, Math.floor((value + 1.3) * 3)))];
/** The mean size of the change of direction from one step to the next: noise makes it large. */
const roughness = (values: Float64Array) =>
  values.slice(2).reduce((sum, v, t) => sum + Math.abs(v - 2 * values[t + 1]! + values[t]!), 0) /
  values.length;

for (const temperature of [0.1, 0.5, 1]) {
  const [sample] = await sampleSequences({ ...model, count: 1, steps: 400, temperature });
  const line = Array.from(sample!.values.subarray(0, 60), drawn).join("");
  console.log(`temperature ${temperature}: ${line} roughness ${roughness(sample!.values).toFixed(2)}`);
}
