/** Forecasts what comes next, and how surely: quantiles of what many particles generate. */
import { datasetFromArrays, forecastSequences, sampleQuantile, sliceSequence } from "vrnn";
import { trained, waves } from "./shared.ts";

const data = datasetFromArrays(waves(), { only: ["wave"] });
const model = await trained(data);

const horizon = 12;
const [whole] = data.splits.test;
const seen = sliceSequence(whole!, 0, 100);
const [forecast] = await forecastSequences({ ...model, sequences: [seen], horizon, particles: 200 });

let inside = 0;
for (const [h, drawn] of forecast!.samples.entries()) {
  const sorted = drawn.slice().sort(); // [particles]: one column
  const [low, middle, high] = [0.05, 0.5, 0.95].map((level) => sampleQuantile(sorted, level).toFixed(2));
  const truth = whole!.values[100 + h]!;
  if (truth >= Number(low) && truth <= Number(high)) inside++;
  console.log(`${h + 1} ahead: ${middle} (90 % in ${low} to ${high}), it was ${truth.toFixed(2)}`);
}
console.log(`${inside} of ${horizon} in their 90 % interval`);
