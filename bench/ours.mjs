import { fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { join } from "node:path";

const all = cpus().length;

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
  static async fastest(name) {
    const sides = [await Ours.of(name, { shards: 1 }), await Ours.of(name)];
    const least = sides.map(() => Number.POSITIVE_INFINITY);
    for (let round = 0; round < 5; round++)
      for (const [i, side] of sides.entries()) least[i] = Math.min(least[i], ...(await side.times(1)));
    const [faster, slower] = least[0] < least[1] ? sides : sides.toReversed();
    slower.stop();
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
