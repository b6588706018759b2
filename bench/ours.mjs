import { fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { join } from "node:path";

const all = cpus().length;
/** How often each way to deal out a batch is tried. */
const rounds = 5;

/** This project's side of a comparison, or that of another checkout: `side.mjs` in a process of its own. */
export class Ours {
  #process;

  constructor(build = join(import.meta.dirname, "..")) {
    this.#process = fork(join(import.meta.dirname, "side.mjs"), [build]);
  }

  /** The side with a load that is ready. @param shards on how many cores the batch is dealt out */
  static async of(name, { build, shards = all } = {}) {
    const side = new Ours(build);
    side.setting = `${shards} shard${shards === 1 ? "" : "s"}`;
    try {
      return Object.assign(side, await side.ask("create", { name, shards }));
    } catch (error) {
      side.stop();
      throw error;
    }
  }

  /** A batch dealt out to all cores, or kept on one where that is faster: small steps are. */
  static async fastest(name, tried = [1, all]) {
    const sides = [];
    for (const shards of tried) sides.push(await Ours.of(name, { shards }));
    const least = new Map(sides.map((side) => [side, Number.POSITIVE_INFINITY]));
    for (let round = 0; round < rounds; round++)
      for (const side of sides) least.set(side, Math.min(least.get(side), ...(await side.times(1))));
    const [faster, ...others] = sides.toSorted((a, b) => least.get(a) - least.get(b));
    for (const side of others) side.stop();
    return faster;
  }

  async ask(ask, question = {}) {
    const heard = new AbortController();
    const { signal } = heard;
    const answered = once(this.#process, "message", { signal });
    const died = once(this.#process, "exit", { signal }).then(() => {
      throw new Error(`our side ended while it was asked to ${ask}`);
    });
    died.catch(() => {}); // it lives: the abort below ends the waiting
    this.#process.send({ ask, ...question });
    try {
      const [{ answer, failed }] = await Promise.race([answered, died]);
      if (failed !== undefined) throw new Error(failed);
      return answer;
    } finally {
      heard.abort();
    }
  }

  times(count) {
    return this.ask("times", { count });
  }

  memory() {
    return this.ask("memory");
  }

  stop() {
    this.#process.kill();
  }
}
