/**
 * PyTorch at its best: a process for each set of kernels that its BLAS library has for this processor and that gives right
 * results, each tried with several settings of threads; what pins kernels in the environment is dropped. Beside them stands
 * the best of all with what the environment of a process can do for it, `tuned`.
 */
import { cpus } from "node:os";
import { worstDifference } from "../tensors.mjs";
import { pythonWithTorch, rightKernels, startProcess } from "./pytorch-process.mjs";
import { Race } from "./race.mjs";

const all = cpus().length;

/** Of PyTorch's own kernels and of its BLAS library. */
const threadSettings = [
  { threads: 1, blasThreads: 1 },
  { threads: 1, blasThreads: all },
  { threads: all, blasThreads: 1 },
  { threads: all, blasThreads: all },
];

/** By which kernels are compared. */
const usual = threadSettings[1];

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

/** How much gradients may differ from ours, relative to their norm: more is a wrong result and no rounding. */
const allowedDifference = 1e-2;

/** Kernels that take longer than this many times the least, with the same threads, are not tried any further. */
const near = 1.25;

export class PyTorch {
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

  /**
   * The kernels that come near the best of all are tried with every setting of threads, the best three once more. Threads
   * that stand in each other's way with some kernels do so with the others.
   */
  async #fastest(setup, files, say) {
    const right = new Race();
    for (const candidate of this.kernels) {
      await candidate.process.ask("setup", setup);
      const error = await gradientError(candidate.process, usual, files);
      if (error <= allowedDifference) await right.take({ ...candidate, setup, threads: usual });
      else
        say(`${setup.variant}: ${candidate.kernel} left out, gradients differ by ${error.toExponential(1)}`);
    }
    if (right.fastest.length === 0)
      throw new Error(`PyTorch, ${setup.variant}: all gradients differ from ours`);
    const all = new Race();
    const kernels = right.fastest.filter(({ ms }) => ms < near * right.fastest[0].ms);
    for (const threads of threadSettings)
      for (const candidate of kernels) if (await all.take({ ...candidate, threads })) break;
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

async function gradientError(process, threads, { gradients, out }) {
  await process.ask("gradients", { out, ...threads });
  return worstDifference(gradients, out);
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
    return gradientError(this.#process, this.#threads, files);
  }

  stop() {
    this.#process.stop();
  }
}
