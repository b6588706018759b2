/**
 * PyTorch at its best: a process for each set of kernels that its BLAS library has for this processor and that gives right
 * results, each tried with several settings of threads; what pins kernels in the environment is dropped. Beside them stands
 * the best of all with what the environment of a process can do for it, `tuned`.
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { worstDifference } from "../tensors.mjs";
import { JsonProcess } from "./json-process.mjs";

/** The program that answers for PyTorch. */
export const server = join(import.meta.dirname, "../pytorch/server.py");
const all = cpus().length;

/** OpenBLAS's names of kernels to pin; undefined leaves the choice to it. One that the processor lacks ends its process. */
const pins = [undefined, "Haswell", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids"];

/** Of PyTorch's own kernels and of its BLAS library. */
const threadSettings = [
  { threads: 1, blasThreads: 1 },
  { threads: 1, blasThreads: all },
  { threads: all, blasThreads: 1 },
  { threads: all, blasThreads: all },
];

const keepsMemory = { MALLOC_MMAP_MAX_: "0", MALLOC_TRIM_THRESHOLD_: String(2 ** 34) };

/**
 * How a tuned process gets its memory and waits for its threads. By default the C library gives large tensors back after
 * each step and the kernel clears their pages anew, half of the time of a large vocabulary: who tunes PyTorch for processors
 * takes another allocator for that. Threads that spin while they wait take cores from those of the other pool.
 */
const tunings = {
  "keeps memory": keepsMemory,
  "keeps memory, threads sleep": { ...keepsMemory, OMP_WAIT_POLICY: "passive" },
};

/** What kernels may get wrong: products relative to float64, gradients relative to ours. */
const allowed = { product: 1e-5, gradient: 1e-2 };

/** Kernels that take longer than this many times the least, with the same threads, are not tried any further. */
const near = 1.25;

const hasTorch = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)";

/** A Python that has PyTorch: the system's own, where Debian's python3-torch puts it, or the one on the path. */
export function pythonWithTorch() {
  const candidates = [process.env.VRNN_PYTHON, "/usr/bin/python3", "python3"].filter(
    (each) => each !== undefined,
  );
  return candidates.find((python) => spawnSync(python, ["-c", hasTorch]).status === 0);
}

/** A process whose kernels are pinned, or free where the environment pins some. */
function startProcess(python, pin, tuning = {}) {
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...inherited } = process.env;
  const env = { ...inherited, ...tuning, ...(pin !== undefined && { OPENBLAS_CORETYPE: pin }) };
  return JsonProcess.start(python, [server], { env, stderr: "ignore" });
}

export class PyTorch {
  static title = "PyTorch";

  /** @returns undefined, and says so, when there is no PyTorch. */
  static async start(say) {
    const python = pythonWithTorch();
    if (python === undefined) {
      say("PyTorch is not installed: left out (Debian: apt-get install python3-torch libopenblas0-pthread)");
      return undefined;
    }
    const own = Object.assign(new PyTorch(), { python, kernels: await rightKernels(python, say) });
    const names = own.kernels.map(({ kernel }) => kernel).join(", ");
    const { torch, blas } = own.kernels[0].process.greeting;
    say(`rival: PyTorch ${torch} with ${blas}; kernels ${names}`);
    return own;
  }

  /** The best product of squares in GFLOP/s, with any kernels. */
  async gemm(size, threads) {
    const found = [];
    for (const { kernel, process } of this.kernels)
      found.push({ by: `PyTorch, ${kernel}`, ...(await process.ask("gemm", { size, threads })) });
    return found;
  }

  /**
   * Each variant of a load in a fresh process with the kernels and threads that were the fastest, and the fastest of them
   * once more, tuned.
   */
  async contestants({ config, rivals }, files, say) {
    const { module, variants } = rivals.pytorch;
    const chosen = [];
    for (const variant of variants) {
      const setup = { module, variant, config, weights: files.weights, inputs: files.inputs };
      chosen.push({ name: variant, ...(await this.#fastest(setup, files, say)) });
    }
    const [best] = chosen.toSorted((a, b) => a.ms - b.ms);
    const contestants = [];
    for (const each of [...chosen, { ...(await this.#tuned(best)), name: "tuned" }])
      contestants.push(await Contestant.start(this.python, each));
    return contestants;
  }

  /** The kernels that come near the best of all are tried with every setting of threads, the best three once more. */
  async #fastest(setup, files, say) {
    const right = new Race();
    for (const candidate of this.kernels) {
      await candidate.process.ask("setup", setup);
      const error = await gradientError(candidate.process, files);
      if (error <= allowed.gradient) await right.take({ ...candidate, setup, threads: threadSettings[1] });
      else
        say(`${setup.variant}: ${candidate.kernel} left out, gradients differ by ${error.toExponential(1)}`);
    }
    const all = new Race();
    for (const candidate of right.fastest.filter(({ ms }) => ms < near * right.fastest[0].ms))
      for (const threads of threadSettings) await all.take({ ...candidate, threads });
    const best = new Race();
    for (const candidate of all.fastest.slice(0, 3)) await best.take(candidate);
    for (const { process } of this.kernels) await process.ask("forget");
    return best.fastest[0];
  }

  /** The same with every tuning and setting of threads. */
  async #tuned({ ms: _, ...candidate }) {
    const all = new Race();
    for (const [tuning, environment] of Object.entries(tunings)) {
      const process = await startProcess(this.python, candidate.pin, environment);
      await process.ask("setup", candidate.setup);
      await process.ask("probe", { count: 1, ...candidate.threads });
      for (const threads of threadSettings) await all.take({ ...candidate, process, tuning, threads });
      process.stop();
    }
    return all.fastest[0];
  }

  stop() {
    for (const { process } of this.kernels) process.stop();
  }
}

/** Candidates one after the other, each by its least time so far: load on the machine meets single runs. */
class Race {
  #run = [];

  /** Times a candidate; one that is far behind at once is not run again. */
  async take({ ms: known = Number.POSITIVE_INFINITY, ...candidate }) {
    const { process, threads } = candidate;
    const timed = async (count) => Math.min(...(await process.ask("probe", { count, ...threads })).ms);
    const first = await timed(1);
    const isBehind = first > 2 * near * (this.fastest[0]?.ms ?? first);
    this.#run.push({ ...candidate, ms: Math.min(known, first, isBehind ? first : await timed(2)) });
  }

  get fastest() {
    return this.#run.toSorted((a, b) => a.ms - b.ms);
  }
}

async function gradientError(process, { gradients, out }) {
  await process.ask("gradients", { out });
  return worstDifference(gradients, out);
}

/** A process for each set of kernels that starts here and multiplies rightly; two names of the same kernels count once. */
async function rightKernels(python, say) {
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
    const refused = error > allowed.product ? `a product is wrong by ${error.toExponential(1)}` : undefined;
    return { pin, kernel: process.greeting.kernel, process, refused };
  } catch (error) {
    return { pin, refused: error.message };
  }
}

/** A variant of PyTorch's at its best setting. */
class Contestant {
  #process;
  #threads;

  static async start(python, { name, pin, kernel, setup, threads, tuning }) {
    const own = new Contestant();
    own.name = name;
    own.setting = [setup.variant, kernel, `${threads.threads}+${threads.blasThreads} threads`, tuning]
      .filter((part) => part !== undefined)
      .join(", ");
    own.#threads = threads;
    own.#process = await startProcess(python, pin, tunings[tuning]);
    await own.#process.ask("setup", setup);
    return own;
  }

  async times(count) {
    return (await this.#process.ask("step", { count, ...this.#threads })).ms;
  }

  async memory() {
    return (await this.#process.ask("memory")).megabytes;
  }

  gradientError(files) {
    return gradientError(this.#process, files);
  }

  stop() {
    this.#process.stop();
  }
}
