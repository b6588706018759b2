import { cpus } from "node:os";
import { input, matmul } from "../dist/graph/index.js";
import { lower } from "../dist/onnx/lower.js";
import { nodeRuntime } from "../dist/runtime/node.js";
import { float32 } from "../dist/runtime/runtime.js";

const size = 1024;

/** The best of several large matrix products in GFLOP/s: ours and, where there is one, the rival's; the higher counts. */
export async function measureCeiling(rival) {
  const all = cpus().length;
  const best = async (threads) => {
    const theirs = rival === undefined ? 0 : (await rival.ask({ cmd: "gemm", size, threads })).gflops;
    return Number(Math.max(await ourGemm(threads), theirs).toFixed(1));
  };
  return { oneCore: await best(1), allCores: await best(all) };
}

async function ourGemm(threads) {
  const [a, b] = [input("a", [size, size]), input("b", [size, size])];
  const executable = await nodeRuntime({ threads }).compile(lower({ c: matmul(a, b) }));
  const square = () => float32([size, size], new Float32Array(size * size).fill(0.5));
  const feeds = { a: square(), b: square() };
  const into = { c: square() };
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    await executable.run(feeds, into);
    fastest = Math.min(fastest, performance.now() - start);
  }
  await executable.dispose();
  return (2 * size ** 3) / (fastest * 1e6);
}
