/**
 * Tighter bounds by particles: the evidence lower bound, the importance-weighted bound (IWAE), and the filtering bound
 * (FIVO), whose particles are resampled inside the loop, on a model whose likelihood a Kalman filter knows exactly.
 */
import {
  boundProgram,
  datasetFromArrays,
  type ObjectiveWithBound,
  objectives,
  Random,
  type Values,
} from "vrnn";
import { nodeRuntime } from "vrnn/node";
import { A, drawn, exactLogLikelihood, linearGaussian } from "./models/linear-gaussian.ts";
import { floats, mean, numbersOf } from "./shared.ts";

const [T, B, BATCHES] = [30, 50, 30]; // the same steps in 50 rows, 30 times, always with other random numbers
const x = drawn(T, 5);
const [column] = datasetFromArrays({ x }).columns;
const model = linearGaussian({ ...column!, mean: 0, standardDeviation: 1 }); // in the units of x
const runtime = nodeRuntime();

interface Window {
  readonly from: number;
  readonly to: number;
}

/** What steps are fed: of noise a number for each particle, of resampling one for each row. */
function feedsOf(particles: readonly number[], seed: number, { from, to }: Window): Values {
  const random = Random.stream(seed, "particles");
  const size = B * (particles[0] ?? 1);
  const [noise, uniform] = [new Float32Array(T * size), new Float32Array(T * B)];
  random.fillNormal(noise);
  random.fillUniform(uniform);
  const steps = to - from;
  return {
    parameters: floats([1], [A]),
    x: floats([steps, B, 1], Array.from(x.slice(from, to), (value) => Array<number>(B).fill(value)).flat()),
    mask: floats([steps, B, 1], Array(steps * B).fill(1)),
    noise: floats([steps, B, ...particles, 1], noise.subarray(from * size, to * size)),
    resampling: floats([steps, B, 1], uniform.subarray(from * B, to * B)),
  };
}

/** A bound in nats, for each batch. Particles and their weights are carried from one window to the next. */
async function boundsOf(objective: ObjectiveWithBound, batches: number, window = T): Promise<number[]> {
  const particles = objective.particles ? [objective.particles.particles] : [];
  const program = await runtime.compile(boundProgram(model, objective));
  const zeros = new Float32Array(B * (particles[0] ?? 1));
  const bounds: number[] = [];
  for (let batch = 0; batch < batches; batch++) {
    let [z, logWeights] = [floats([B, ...particles, 1], zeros), floats([B, ...particles], zeros)];
    let nats = 0;
    for (let from = 0; from < T; from += window) {
      const feeds = feedsOf(particles, batch, { from, to: from + window });
      const results = await program.run({ ...feeds, "state.z": z, "state.logWeights": logWeights });
      const figures = Object.keys(objective.figures).map((name) => [name, numbersOf(results, name)[0]!]);
      nats += objective.bound(Object.fromEntries(figures)) / B;
      z = floats(z.shape, numbersOf(results, "state.z.next"));
      if (particles.length > 0)
        logWeights = floats(logWeights.shape, numbersOf(results, "state.logWeights.next"));
    }
    bounds.push(nats);
  }
  await program.dispose();
  return bounds;
}

const ladder: readonly (readonly [string, ObjectiveWithBound])[] = [
  ["ELBO", objectives.elbo.create({})],
  ["IWAE of 4", objectives.iwae.create({ particles: 4 })],
  ["FIVO of 4", objectives.fivo.create({ particles: 4 })],
  ["FIVO of 32", objectives.fivo.create({ particles: 32 })],
];
for (const [name, objective] of ladder) {
  const bounds = await boundsOf(objective, BATCHES);
  const error = Math.sqrt(mean(bounds.map((bound) => (bound - mean(bounds)) ** 2)) / (BATCHES - 1));
  console.log(`${name}: ${mean(bounds).toFixed(4)} nats, standard error ${error.toFixed(4)}`);
}
console.log(`exact, by a Kalman filter: ${exactLogLikelihood(x).toFixed(4)} nats`);

const fivo = objectives.fivo.create({ particles: 4 });
const [[whole], [carried]] = [await boundsOf(fivo, 1), await boundsOf(fivo, 1, 10)];
console.log(`one window of 30 steps: ${whole!.toFixed(5)}; three of 10: ${carried!.toFixed(5)}`);
