/**
 * Steps that jump: a level that hardly moves and now and then leaps, seen through noise. Normal steps have to be wide
 * enough for the leaps, and are too wide for all others; Student's t has room for both.
 */
import { datasetFromArrays, latentFamilies, Random, scoreSequences } from "vrnn";
import { localLevel } from "./models/local-level.ts";
import { mean, trained } from "./shared.ts";

/** Steps of 0.05, one in twenty of 2, seen with noise of 0.2. */
const levels = Array.from({ length: 40 }, (_, i) => {
  const random = Random.stream(i, "levels");
  let level = 0;
  return {
    x: Array.from({ length: 80 }, () => {
      level = 0.98 * level + (random.uniform() < 0.05 ? 2 : 0.05) * random.normal();
      return level + 0.2 * random.normal();
    }),
  };
});

const data = datasetFromArrays(levels);
for (const name of ["normal", "student-t"] as const) {
  const make = () => localLevel(data.columns[0]!, latentFamilies[name]);
  const training = { objective: "fivo", particles: 8, window: 80 };
  const settings = await trained(data, { make, epochs: 40, training });
  const scores = await scoreSequences({ ...settings, sequences: data.splits.test, samples: 20 });
  const bound = mean(scores.flatMap(({ total }) => [...total]));
  console.log(`${name} steps: ${bound.toFixed(3)} nats per step`);
}
