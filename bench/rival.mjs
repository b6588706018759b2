import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";

const script = new URL("./pytorch/vrnn.py", import.meta.url).pathname;

/** A Python that has PyTorch: the system's own, where Debian's python3-torch puts it, or the one on the path. */
function pythonWithTorch() {
  const candidates = [process.env.VRNN_PYTHON, "/usr/bin/python3", "python3"].filter(
    (each) => each !== undefined,
  );
  return candidates.find(
    (python) =>
      (!python.startsWith("/") || existsSync(python)) &&
      spawnSync(python, ["-c", "import torch"]).status === 0,
  );
}

/** PyTorch in a process of its own, which answers a JSON line with a JSON line. */
export class Rival {
  #child;
  #lines;

  constructor(child) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** @returns undefined, and says so, when there is no PyTorch. */
  static async start(say) {
    const python = pythonWithTorch();
    if (python === undefined) {
      say("PyTorch is not installed: left out (Debian: apt-get install python3-torch libopenblas0-pthread)");
      return undefined;
    }
    const rival = new Rival(spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] }));
    const { torch, blas } = await rival.#answer();
    say(`rival: PyTorch ${torch} with ${blas}`);
    return rival;
  }

  async ask(question) {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    return this.#answer();
  }

  async #answer() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("PyTorch's process ended");
    const answer = JSON.parse(value);
    if (answer.error !== undefined) throw new Error(`PyTorch: ${answer.error}`);
    return answer;
  }

  stop() {
    this.#child.kill();
  }
}
