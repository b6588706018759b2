/**
 * One latent variable for a whole sequence. Waves differ in how fast they swing, and a step tells little of it: the
 * variable is inferred from the whole wave, and what it is set to decides the wave that is made.
 */
import { datasetFromArrays, Random, sampleSequences, scoreSequences } from "vrnn";
import { waveModel } from "./models/wave-model.ts";
import { mean, trained } from "./shared.ts";

const STEPS = 30;

/** Waves from rest, each of a frequency of its own. */
const frequencies = Array.from(
  { length: 120 },
  (_, i) => 0.2 + 0.3 * Random.stream(i, "frequency").uniform(),
);
const made = frequencies.map((frequency, i) => {
  const random = Random.stream(i, "noise");
  return {
    x: Array.from({ length: STEPS }, (_, t) => Math.sin(frequency * (t + 1)) + 0.05 * random.normal()),
  };
});
const data = datasetFromArrays(made);
const settings = await trained(data, { make: waveModel, epochs: 60, training: { learningRate: 0.005 } });

// What is inferred of a wave is how fast it swings.
const scores = await scoreSequences({ ...settings, sequences: data.splits.test });
const inferred = scores.map(({ latent }) => latent[0]!);
const truth = data.splits.test.map(({ name }) => frequencies[Number(name.replace(/\D/g, "")) - 1]!);
console.log(
  `correlation of the latent variable with the frequency: ${Math.abs(correlation(inferred, truth)).toFixed(3)}`,
);

// Between the slowest and the fastest of them lie waves of every speed.
const [slow, fast] = [truth.indexOf(Math.min(...truth)), truth.indexOf(Math.max(...truth))];
const between = Array.from({ length: 5 }, (_, i) => [
  inferred[slow]! + (i / 4) * (inferred[fast]! - inferred[slow]!),
]);
const waves = await sampleSequences({
  ...settings,
  count: between.length,
  steps: STEPS,
  latents: { u: between },
  temperature: 0,
});
waves.forEach(({ values }, i) => {
  console.log(`u = ${between[i]![0]!.toFixed(2)}: frequency ${frequencyOf(values).toFixed(3)}`);
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const centred = (x: readonly number[]) => x.map((value) => value - mean(x));
  const product = (x: readonly number[], y: readonly number[]) => mean(x.map((value, i) => value * y[i]!));
  const [x, y] = [centred(a), centred(b)];
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

/** The frequency whose wave from rest is nearest. */
function frequencyOf(values: Float64Array): number {
  const candidates = Array.from({ length: 401 }, (_, i) => 0.1 + i / 800);
  const distance = (frequency: number) =>
    mean(values.map((value, t) => (value - Math.sin(frequency * (t + 1))) ** 2));
  return candidates.reduce((best, each) => (distance(each) < distance(best) ? each : best));
}
