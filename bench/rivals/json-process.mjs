import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A process that greets with a JSON line and answers each JSON line with one. */
export class JsonProcess {
  #child;
  #lines;

  /** @returns with its greeting. @throws where it ends before it greets */
  static async start(command, args, { env = process.env, stderr = "inherit" } = {}) {
    const own = new JsonProcess();
    own.#child = spawn(command, args, { env, stdio: ["pipe", "pipe", stderr] });
    own.#child.stdin.on("error", () => {}); // one that has ended is told by the answer that does not come
    own.#lines = createInterface({ input: own.#child.stdout })[Symbol.asyncIterator]();
    own.greeting = await own.#answer();
    return own;
  }

  ask(cmd, question = {}) {
    this.#child.stdin.write(`${JSON.stringify({ cmd, ...question })}\n`);
    return this.#answer();
  }

  async #answer() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the process ended");
    const answer = JSON.parse(value);
    if (answer.failed !== undefined) throw new Error(answer.failed);
    return answer;
  }

  stop() {
    this.#child.kill();
  }
}
