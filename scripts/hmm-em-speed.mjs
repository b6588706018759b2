/**
 * How long an iteration of expectation maximisation of a hidden Markov model takes beside numpy with plain loops over time: 100,000
 * steps, 8 states, 4 normal columns, from the same parameters. Both in turns, the medians of each; the likelihoods have to agree.
 *
 *     npm run build && node scripts/hmm-em-speed.mjs [--json] [--python /usr/bin/python3]
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Hmm, Random } from "../dist/index.js";

const [STATES, COLUMNS, STEPS, TURNS, RUNS] = [8, 4, 100_000, 3, 7];
const { values: options } = parseArgs({
  options: { json: { type: "boolean" }, python: { type: "string", default: "/usr/bin/python3" } },
});

/** Two states of ten that last, seen in all columns. */
function drawn() {
  const random = Random.stream(1, "speed of expectation maximisation");
  let state = 1;
  return Float64Array.from({ length: STEPS * COLUMNS }, (_, i) => {
    if (i % COLUMNS === 0 && random.uniform() < 0.1) state = -state;
    return state + random.normal();
  });
}

const column = (name) => ({
  ...{ name, kind: "real", levels: [], shares: [], mean: 0, standardDeviation: 1 },
  ...{ minimum: -9, maximum: 9, missing: 0, resolution: 0 },
});
const model = new Hmm({ columns: ["a", "b", "c", "d"].map(column), states: STATES });
const values = drawn();
const sequences = [{ name: "one", length: STEPS, values }];

/** The weights of the same parameters as numpy begins with. */
function start() {
  const softplus = Math.log(Math.expm1(1 - 1e-4));
  const moves = Array.from({ length: STATES ** 2 }, (_, i) =>
    Math.log(0.5 / STATES + (i % (STATES + 1) === 0 ? 0.5 : 0)),
  );
  const emission = Array.from({ length: STATES }, (_, k) => [
    ...Array(COLUMNS).fill(-1.5 + (3 * k) / (STATES - 1)),
    ...Array(COLUMNS).fill(softplus),
  ]);
  return Float32Array.from([...Array(STATES).fill(0), ...moves, ...emission.flat()]);
}

function ours() {
  const weights = start();
  const seconds = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    model.expectationMaximisation(weights, sequences).next();
    return (performance.now() - began) / 1000;
  });
  const { logLikelihood } = model.expectationMaximisation(weights, sequences).next().value;
  return { seconds, logLikelihood };
}

function numpys() {
  const script = join(import.meta.dirname, "hmm-em-speed.py");
  const words = [STATES, COLUMNS, STEPS, RUNS].map(String);
  const { stdout, stderr, status } = spawnSync(options.python, [script, ...words], {
    input: new Uint8Array(values.buffer),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`numpy did not run: ${stderr}`);
  return JSON.parse(stdout);
}

const turns = Array.from({ length: TURNS }, () => ({ ours: ours(), numpy: numpys() }));
for (const { ours, numpy } of turns) {
  const off = Math.abs(ours.logLikelihood / numpy.logLikelihood - 1);
  if (!(off < 1e-6)) throw new Error(`the likelihoods differ: ${ours.logLikelihood}, ${numpy.logLikelihood}`);
}
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const usual = (who) => median(turns.flatMap((turn) => turn[who].seconds));
const ratios = turns.map(({ ours, numpy }) => median(numpy.seconds) / median(ours.seconds));
const figures = { ratio: usual("numpy") / usual("ours"), ratios, ours: usual("ours"), numpy: usual("numpy") };
if (options.json) console.log(JSON.stringify({ "speed-hmm-em": figures }));
else
  console.log(
    `an iteration: ${(1000 * figures.ours).toFixed(0)} ms, numpy ${(1000 * figures.numpy).toFixed(0)} ms: ${figures.ratio.toFixed(1)} times as fast`,
  );
