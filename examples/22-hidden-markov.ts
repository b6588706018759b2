/**
 * A likelihood without a bound: a hidden Markov model sums its states out by the forward algorithm, inside the loop, so
 * what is computed is log p(x) itself. Here it is held against the sum over every path that the states can take, and its
 * gradient against finite differences of that sum.
 */
import { datasetFromArrays, gradientProgram, Hmm, objectives, Random } from "vrnn";
import { nodeRuntime } from "vrnn/node";
import { floats, numbersOf } from "./shared.ts";

const [K, T] = [3, 7]; // states, steps
const random = Random.stream(1, "hidden Markov");
const normals = (count: number) => Array.from({ length: count }, () => random.normal());

const [column] = datasetFromArrays({ x: normals(100) }).columns;
const model = new Hmm({ columns: [{ ...column!, mean: 0, standardDeviation: 1 }], states: K }); // in the units of x
const x = normals(T).map((value, t) => (t === 3 ? Number.NaN : value)); // one of them is missing
const weights = normals(K + K * K + 2 * K); // logits of the first state and of moves; a mean and a raw scale a state

const elbo = objectives.elbo.create({}); // of an exact model it is the likelihood
const program = await nodeRuntime().compile(gradientProgram(model, elbo));
const results = await program.run({
  parameters: floats([weights.length], weights),
  x: floats(
    [T, 1, 1],
    x.map((value) => value || 0),
  ),
  mask: floats(
    [T, 1, 1],
    x.map((value) => Number(!Number.isNaN(value))),
  ),
  noise: floats([T, 1, 0], []), // it has no latent variable to draw
  "state.belief": floats([1, K], Array(K).fill(0)),
  "state.begun": floats([1, 1], [0]),
  klWeight: floats([], [1]),
  "count.observedSteps": floats([], [1]), // a sum over steps, not their mean
});
await program.dispose();

const softmax = (logits: readonly number[]): number[] => {
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / total);
};

/** log Σ p(x, path) over the Kᵀ paths, in float64. */
function enumerated(all: readonly number[]): number {
  const rows = Array.from({ length: K + 1 }, (_, row) => softmax(all.slice(K * row, K * (row + 1))));
  const density = (value: number, state: number): number => {
    const [mean, raw] = all.slice(K + K * K + 2 * state) as [number, number];
    const scale = Math.log1p(Math.exp(raw)) + 1e-4;
    const normal = Math.exp(-0.5 * ((value - mean) / scale) ** 2) / (scale * Math.sqrt(2 * Math.PI));
    return Number.isNaN(value) ? 1 : normal;
  };
  let total = 0;
  for (let path = 0; path < K ** T; path++) {
    const states = x.map((_, t) => Math.floor(path / K ** t) % K);
    const moves = states.map((state, t) => rows[t === 0 ? 0 : states[t - 1]! + 1]![state]!);
    total += x.reduce((joint, value, t) => joint * moves[t]! * density(value, states[t]!), 1);
  }
  return Math.log(total);
}

console.log(`log-likelihood by the forward algorithm: ${(-numbersOf(results, "loss")[0]!).toFixed(6)}`);
console.log(`by the sum over ${K ** T} paths: ${enumerated(weights).toFixed(6)}`);

const moved = (i: number, by: number) => enumerated(weights.map((value, j) => value + (i === j ? by : 0)));
const slopes = weights.map((_, i) => (moved(i, 1e-4) - moved(i, -1e-4)) / 2e-4);
const off = numbersOf(results, "gradient").map((slope, i) => Math.abs(-slope - slopes[i]!));
console.log(`steepest of ${slopes.length} slopes: ${Math.max(...slopes.map(Math.abs)).toFixed(6)}`);
console.log(`farthest from finite differences of that sum: ${Math.max(...off).toExponential(1)}`);
