/** How likely is each step? A model that has learned a wave is surprised where the wave breaks. */
import { datasetFromArrays, scoreSequences } from "vrnn";
import { mean, trained, waves } from "./shared.ts";

const data = datasetFromArrays(waves(), { only: ["wave"] });
const model = await trained(data);

const [recording] = data.splits.test;
const broken = { ...recording!, values: recording!.values.slice() };
broken.values[100] = 2.5; // a wave that has never gone beyond 1.4

const [usual, odd] = await scoreSequences({ ...model, sequences: [recording!, broken] });
console.log(`a usual step: ${mean(usual!.total).toFixed(2)} nats`);
console.log(`step 100 as it was: ${usual!.total[100]!.toFixed(2)} nats`);
console.log(`step 100 broken: ${odd!.total[100]!.toFixed(2)} nats`);
console.log(`the least likely of ${odd!.length} steps: ${odd!.total.indexOf(Math.min(...odd!.total))}`);
