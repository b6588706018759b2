/**
 * `speed-kalman-em`: an iteration of expectation maximisation of 100,000 steps, 4 states and 4 columns, beside a plain numpy loop over time.
 *
 *     node scripts/em/kalman.mjs [--json]     # VRNN_PYTHON names a python with numpy; python3 unless told
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { Random } from "../../dist/index.js";
import { kalmanEmStep } from "../../dist/models/kalman/em.js";

const { values: said } = parseArgs({ options: { json: { type: "boolean" } } });
const [steps, K, D, rounds] = [100_000, 4, 4, 3];
const random = Random.stream(1, "em");
const flat = (size, of) => Float64Array.from({ length: size }, (_, i) => of(i));
const diagonal = (size, value) => flat(size * size, (i) => (i % (size + 1) === 0 ? value : 0));
const model = {
  ...{ states: K, width: D, inputs: 0, input: new Float64Array(0), direct: new Float64Array(0) },
  transition: flat(K * K, (i) => (i % (K + 1) === 0 ? 0.9 : 0.05 * random.normal())),
  process: diagonal(K, 0.2),
  observation: flat(D * K, () => random.normal()),
  offset: new Float64Array(D),
  noise: new Float64Array(D).fill(0.3),
  initialMean: new Float64Array(K),
  initialCovariance: diagonal(K, 1),
};
const table = flat(steps * D, () => random.normal());
const rowsOf = (values, width) =>
  Array.from({ length: values.length / width }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);

const folder = mkdtempSync(join(tmpdir(), "vrnn-em-"));
const file = join(folder, "given.json");
const told = {
  ...Object.fromEntries(
    ["transition", "process", "observation", "initialCovariance"].map((name) => [
      name,
      rowsOf(model[name], K),
    ]),
  ),
  noise: [...model.noise],
  x: rowsOf(table, D),
};
writeFileSync(file, JSON.stringify(told));
const learned = { dynamics: true, observation: true, initial: false };
const times = { ours: [], numpy: [] };
let nats = {};
for (let round = 0; round < rounds; round++) {
  const began = performance.now();
  const { logLikelihood } = kalmanEmStep(
    [{ table, inputs: new Float64Array(0) }],
    model,
    learned,
    Array(D).fill(1e-3),
  );
  times.ours.push((performance.now() - began) / 1000);
  const python = process.env.VRNN_PYTHON ?? "python3";
  const numpy = JSON.parse(
    execFileSync(python, [join(import.meta.dirname, "kalman.py"), file], { encoding: "utf8" }),
  );
  times.numpy.push(numpy.seconds);
  nats = { ours: logLikelihood, numpy: numpy.logLikelihood };
}
rmSync(folder, { recursive: true });
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const [ours, numpy] = [median(times.ours), median(times.numpy)];
const row = {
  row: "speed-kalman-em",
  ratio: numpy / ours,
  seconds: ours,
  numpySeconds: numpy,
  logLikelihood: nats,
};
console.log(JSON.stringify(row, null, said.json ? undefined : 2));
