import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** This project's side of a comparison, or that of another checkout: `side.mjs` in a process of its own. */
export class Ours {
  #process;

  constructor(build = join(import.meta.dirname, "..")) {
    this.#process = fork(join(import.meta.dirname, "side.mjs"), [build]);
  }

  /** The side with a load that is ready. */
  static async of(name, build) {
    const side = new Ours(build);
    try {
      return Object.assign(side, await side.ask("create", { name }));
    } catch (error) {
      side.stop();
      throw error;
    }
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
