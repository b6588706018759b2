/** Computes the numbers of golden files. */
import { cases, dataOf } from "./cases.mjs";

/** Updates of the weights in each case. */
const UPDATES = 20;
/** Steps of which loss and gradient are kept. */
const STEPS = 3;

/** All numbers of the cases, `case | part` to a Float64Array or Float32Array. `only` chooses cases by a part of their name. */
export async function compute(api, { only = "", tell = () => {} } = {}) {
  const values = {};
  for (const each of cases.filter(({ name }) => name.includes(only))) {
    const start = performance.now();
    const keep = (part, numbers) => {
      values[`${each.name} | ${part}`] = numbers;
    };
    await computeCase(api, each, keep);
    tell(`${each.name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  return values;
}

async function computeCase(api, { data: described, tasks, ...settings }, keep) {
  const { arrays, schema, steps: ahead, known } = dataOf(described);
  const data = api.dataset(arrays, schema);
  for (const [part, numbers] of Object.entries(api.contents(data))) keep(`data/${part}`, numbers);
  const { trained, steps, epochs, bound } = await api.train(data, settings, UPDATES, (when, held) => {
    for (const [name, numbers] of Object.entries(held)) keep(`${when}: ${name}`, numbers);
  });
  const first = steps.slice(0, STEPS);
  keep(
    "natsPerStep",
    Float64Array.from(first, ({ natsPerStep }) => natsPerStep),
  );
  keep(
    "gradientNorm",
    Float64Array.from(first, ({ gradientNorm }) => gradientNorm),
  );
  keep("epochs", Float64Array.from(epochs));
  keep("bound", Float64Array.from(bound));
  if (!tasks) return;
  const sequences = [...data.splits.test, ...data.splits.valid, data.splits.train[0]];
  const isLong = described.length !== undefined;
  const chosen = Object.entries(api.tasks).filter(([name]) => isLong || name !== "detect"); // it takes a recording
  for (const [name, task] of chosen) {
    const results = await task(trained, { sequences, steps: ahead, known });
    for (const [part, numbers] of Object.entries(results)) keep(`${name}/${part}`, numbers);
  }
}
