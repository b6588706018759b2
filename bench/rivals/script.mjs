/** A rival written for JavaScript: one process, one setting. */
import { join } from "node:path";
import { worstDifference } from "../tensors.mjs";
import { isInstalled } from "./installed.mjs";
import { JsonProcess } from "./json-process.mjs";

const server = join(import.meta.dirname, "script-server.mjs");

/** @param module the file beside this one that has it @param packages what it needs */
export const scriptRival = (title, module, packages) => ({
  start: async (say) => {
    if (!packages.every(isInstalled)) {
      say(
        `${title} is not installed: left out (npm install --no-save ${packages.join(" ")}, or in $VRNN_RIVALS)`,
      );
      return undefined;
    }
    return {
      contestants: async ({ config }, files) => [await Contestant.start(module, config, files)],
      stop: () => {},
    };
  },
});

class Contestant {
  #process;

  static async start(module, config, { weights, inputs }) {
    const own = new Contestant();
    own.name = module;
    own.#process = await JsonProcess.start(process.execPath, [server, module]);
    own.setting = own.#process.greeting.version;
    await own.#process.ask("setup", { config, weights, inputs });
    return own;
  }

  async times(count) {
    return (await this.#process.ask("step", { count })).ms;
  }

  async memory() {
    return (await this.#process.ask("memory")).megabytes;
  }

  async gradientError({ gradients, out }) {
    await this.#process.ask("gradients", { out });
    return worstDifference(gradients, out);
  }

  stop() {
    this.#process.stop();
  }
}
