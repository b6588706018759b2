/** Processes of PyTorch, and which kernels of its BLAS library they can take here. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { JsonProcess } from "./json-process.mjs";

/** The program that answers for PyTorch. */
export const server = join(import.meta.dirname, "../pytorch/server.py");

/** OpenBLAS's names of kernels to pin; undefined leaves the choice to it. One that the processor lacks ends its process. */
const pins = [undefined, "Haswell", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids"];

/** The largest error of a product relative to float64 that is rounding. */
const allowedError = 1e-5;

const hasTorch = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)";

/** A Python that has PyTorch: the system's own, where Debian's python3-torch puts it, or the one on the path. */
export function pythonWithTorch() {
  const candidates = [process.env.VRNN_PYTHON, "/usr/bin/python3", "python3"].filter(
    (each) => each !== undefined,
  );
  return candidates.find((python) => spawnSync(python, ["-c", hasTorch]).status === 0);
}

/** A process whose kernels are pinned, or free where the environment pins some. */
export function startProcess(python, pin, tuning = {}) {
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...inherited } = process.env;
  const env = { ...inherited, ...tuning, ...(pin !== undefined && { OPENBLAS_CORETYPE: pin }) };
  return JsonProcess.start(python, [server], { env, stderr: "ignore" });
}

/** A process for each set of kernels that starts here and multiplies rightly; two names of the same kernels count once. */
export async function rightKernels(python, say) {
  const started = await Promise.all(pins.map((pin) => checkedKernel(python, pin)));
  const kernels = new Map();
  for (const { pin, refused, ...own } of started) {
    if (refused === undefined && !kernels.has(own.kernel)) kernels.set(own.kernel, { pin, ...own });
    else own.process?.stop();
    if (refused !== undefined) say(`kernels ${pin ?? "none pinned"} left out: ${refused}`);
  }
  return [...kernels.values()];
}

async function checkedKernel(python, pin) {
  try {
    const process = await startProcess(python, pin);
    const { error } = await process.ask("products");
    const refused = error > allowedError ? `a product is wrong by ${error.toExponential(1)}` : undefined;
    return { pin, kernel: process.greeting.kernel, process, refused };
  } catch (error) {
    return { pin, refused: error.message };
  }
}
