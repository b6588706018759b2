/**
 * Two levels of latent variables: the second block reads the first one's draw. Data whose steps jump up or down, and never
 * stay, are not normal; a linear emission of one normal variable cannot say so, a variable whose prior bends with
 * another one can.
 */
import { datasetFromArrays, Random, scoreSequences } from "vrnn";
import { levelled } from "./models/levelled.ts";
import { mean, trained } from "./shared.ts";

/** Steps that jump up or down by 1, with noise of 0.1. */
const jumps = Array.from({ length: 30 }, (_, i) => {
  const random = Random.stream(i, "jumps");
  let x = 0;
  return {
    x: Array.from({ length: 60 }, () => {
      x = 0.5 * x + (random.uniform() < 0.5 ? 1 : -1) + 0.1 * random.normal();
      return x;
    }),
  };
});

const data = datasetFromArrays(jumps);
for (const levels of [1, 2] as const) {
  const training = { klWarmupSteps: 600, window: 60 };
  const settings = await trained(data, { make: (given) => levelled(given, levels), epochs: 250, training });
  const scores = await scoreSequences({ ...settings, sequences: data.splits.test, samples: 8 });
  const bound = mean(scores.flatMap(({ total }) => [...total]));
  console.log(`${levels === 1 ? "one level" : "two levels"}: ${bound.toFixed(3)} nats per step`);
}
const entropy = Math.log(2) + 0.5 * Math.log(2 * Math.PI * Math.E * 0.1 ** 2);
console.log(`the best there is: ${(-entropy).toFixed(3)}`);
