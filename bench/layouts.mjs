/**
 * Where feature-major programs are faster: a training step of VRNNs by their width and the rows of a shard, one shard on
 * one thread, both layouts in turns. Prints the medians of the ratios row-major : feature-major, for docs/speed.md.
 *
 *     node bench/layouts.mjs [--widths 64,128,192,256,384,512] [--rows 8,16,24,32,64] [--pairs 7]
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { Vrnn } from "../dist/models/vrnn/vrnn.js";
import { countOf } from "../dist/nn/parameters.js";
import { plainElbo } from "../dist/objectives/elbo.js";
import { featureMajor } from "../dist/passes/feature-major.js";
import { Random } from "../dist/random/generator.js";
import { nodeRuntime } from "../dist/runtime/node.js";
import { float32 } from "../dist/runtime/runtime.js";
import { gradientProgram } from "../dist/train/programs.js";
import { initialWeights } from "../dist/train/weights.js";
import { binaryColumns } from "./loads/vrnn.mjs";

const { values: options } = parseArgs({
  options: {
    widths: { type: "string", default: "64,128,192,256,384,512" },
    rows: { type: "string", default: "8,16,24,32,64" },
    pairs: { type: "string", default: "7" },
  },
});
const listed = (text) => text.split(",").map(Number);
const steps = 25;
const columns = binaryColumns(88);
const runtime = nodeRuntime();
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Both layouts, whatever the cost rule says. */
const layouts = [[], [{ name: "feature-major", run: (outputs) => featureMajor(outputs, new Set(["B"])) }]];

/** Numbers for every input: nothing is missing, noise is normal. */
function feeds(model, program, rows) {
  const sizes = { T: steps, B: rows };
  const random = Random.stream(1, "bench", "layouts");
  const draw = {
    parameters: () => initialWeights(model.parameters, 1),
    mask: (count) => new Float32Array(count).fill(1),
    klWeight: () => Float32Array.of(1),
    "count.observedSteps": () => Float32Array.of(steps * rows),
    x: (count) => Float32Array.from({ length: count }, () => (random.uniform() < 0.3 ? 1 : 0)),
    noise: (count) => Float32Array.from({ length: count }, () => random.normal()),
  };
  return Object.fromEntries(
    Object.entries(program.inputs).map(([name, type]) => {
      const shape = type.shape.map((dim) => sizes[dim] ?? dim);
      const count = shape.reduce((all, size) => all * size, 1);
      return [name, float32(shape, draw[name]?.(count) ?? new Float32Array(count))];
    }),
  );
}

async function times(executables, inputs, pairs) {
  const all = executables.map(() => []);
  for (let pair = -1; pair < pairs; pair++)
    for (const [i, executable] of executables.entries()) {
      const start = performance.now();
      await executable.run(inputs);
      if (pair >= 0) all[i].push(performance.now() - start);
    }
  return all;
}

console.log(`load before: ${loadavg()[0].toFixed(2)}`);
console.log(["width", "parameters", ...listed(options.rows).map((rows) => `${rows} rows`)].join(" | "));
for (const hidden of listed(options.widths)) {
  const model = new Vrnn({ columns, hidden, latent: hidden / 4, cell: "gru", layers: 1, residual: true });
  const both = layouts.map((passes) => gradientProgram(model, plainElbo, { passes }));
  const executables = await Promise.all(both.map((program) => runtime.compile(program)));
  const cells = [];
  for (const rows of listed(options.rows)) {
    const [plain, exchanged] = await times(executables, feeds(model, both[0], rows), Number(options.pairs));
    cells.push(median(plain.map((ms, i) => ms / exchanged[i])).toFixed(2));
  }
  console.log([hidden, countOf(model.parameters), ...cells].join(" | "));
  await Promise.all(executables.map((executable) => executable.dispose()));
}
console.log(`load after: ${loadavg()[0].toFixed(2)}`);
