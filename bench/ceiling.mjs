import { cpus } from "node:os";
import { input, matmul } from "../dist/graph/index.js";
import { lower } from "../dist/onnx/lower.js";
import { nodeRuntime } from "../dist/runtime/node.js";

const all = cpus().length;
const squares = [512, 1024, 2048];
const milliseconds = 150;

/**
 * The best large matrix product that anybody reaches here, in GFLOP/s and by whom: ours through ONNX Runtime, with threads
 * inside the product or a product on each core, and the rivals' with each of their kernels.
 */
export async function measureCeiling(rivals) {
  return { oneCore: best(await products(rivals, 1)), allCores: best(await products(rivals, all)) };
}

const best = (found) => {
  const { gflops, by } = found.reduce((most, each) => (each.gflops > most.gflops ? each : most));
  return { gflops: Number(gflops.toFixed(1)), by };
};

async function products(rivals, cores) {
  const found = [];
  for (const size of squares) {
    found.push({ by: `ONNX Runtime, ${size}³`, gflops: await inside(size, cores) });
    if (cores > 1)
      found.push({ by: `ONNX Runtime, ${size}³ on each core`, gflops: await onEach(size, cores) });
    for (const rival of rivals)
      for (const { by, gflops } of (await rival.gemm?.(size, cores)) ?? [])
        found.push({ by: `${by}, ${size}³`, gflops });
  }
  return found;
}

const product = (size) => lower({ c: matmul(input("a", [size, size]), input("b", [size, size])) });

const square = (size) => ({
  dtype: "float32",
  shape: [size, size],
  data: new Float32Array(size * size).fill(0.5),
});

/** GFLOP/s of the fastest of many runs that do so many products each. @param prepared the inputs of a run, not timed */
async function fastest(prepared, run, size, count = 1) {
  let least = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + milliseconds; performance.now() < end; ) {
    const inputs = prepared();
    const start = performance.now();
    await run(inputs);
    least = Math.min(least, performance.now() - start);
  }
  return (count * 2 * size ** 3) / (least * 1e6);
}

async function inside(size, threads) {
  const executable = await nodeRuntime({ threads }).compile(product(size));
  const [feeds, into] = [{ a: square(size), b: square(size) }, { c: square(size) }];
  const found = await fastest(
    () => feeds,
    (inputs) => executable.run(inputs, into),
    size,
  );
  await executable.dispose();
  return found;
}

async function onEach(size, cores) {
  const executable = await nodeRuntime().compileShards(product(size), cores);
  const prepared = () => Array.from({ length: cores }, () => ({ a: square(size), b: square(size) }));
  const found = await fastest(prepared, (inputs) => executable.run({}, inputs), size, cores);
  await executable.dispose();
  return found;
}
