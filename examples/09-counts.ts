/** Mixed columns, each by its own distribution, and counts that vary more than Poisson's law lets them. */
import { datasetFromArrays, Random, scoreSequences } from "vrnn";
import { mean, trained } from "./shared.ts";

const random = Random.stream(1, "requests");
function poisson(rate: number): number {
  let [count, left] = [-1, rate];
  while (left > 0) {
    left += Math.log(random.uniform());
    count++;
  }
  return count;
}
const sequences = Array.from({ length: 20 }, () => {
  let busy = false;
  const rows = Array.from({ length: 100 }, () => {
    if (random.uniform() < 0.1) busy = !busy;
    const requests = poisson((busy ? 12 : 3) * Math.exp(random.normal())); // bursty
    return { requests, load: (busy ? 0.7 : 0.3) + 0.05 * random.normal(), state: busy ? "busy" : "calm" };
  });
  const column = <Name extends keyof (typeof rows)[0]>(name: Name) => rows.map((row) => row[name]);
  return { requests: column("requests"), load: column("load"), state: column("state") };
});

const data = datasetFromArrays(sequences, { kinds: { requests: "count", state: "categorical" } });
console.log(data.columns.map(({ name, kind }) => `${name}: ${kind}`).join(", "));
for (const family of ["poisson", "negative-binomial"]) {
  const model = await trained(data, { epochs: 12, model: { latent: 1, emission: [`requests=${family}`] } });
  const scores = await scoreSequences({ ...model, sequences: data.splits.test });
  console.log(
    `requests by ${family}: ${mean(scores.map(({ total }) => mean(total))).toFixed(2)} nats per step`,
  );
}
