/** What is behind the data: latent variables and the state tell how fast the wave is, which the model was never told. */
import { datasetFromArrays, encodeSequences } from "vrnn";
import { mean, trained, waves } from "./shared.ts";

const sequences = waves();
const data = datasetFromArrays(sequences, { only: ["wave"] });
const model = await trained(data);

const [recording] = data.splits.test;
const [encoded] = await encodeSequences({ ...model, sequences: [recording!], particles: 8 });
const truth = sequences[17]!.fast; // the first of the last three
console.log(`${encoded!.mean.length} latent means, ${encoded!.state["h"]!.length} numbers of state`);

/** The correlation of one number of the code, averaged over the last few steps, with the truth. */
function correlation(code: Float64Array, width: number, place: number): number {
  const values = truth.map((_, t) => code[t * width + place]!);
  const level = values.map((_, t) => mean(values.slice(Math.max(0, t - 9), t + 1)));
  const centred = (x: number[]) => x.map((value) => value - mean(x));
  const [a, b] = [centred(level), centred(truth)];
  const product = (x: number[], y: number[]) => mean(x.map((value, t) => value * y[t]!));
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
const { h } = encoded!.state;
const width = h!.length / recording!.length;
const best = Array.from({ length: width }, (_, place) => Math.abs(correlation(h!, width, place)))
  .sort()
  .at(-1);
console.log(`the state number that tells the speed best: correlation ${best!.toFixed(2)}`);
