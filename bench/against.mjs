/**
 * The training step of this build against that of another checkout, in pairs that take turns:
 *
 *     npm run bench -- --against ../before [--only tiny,music] [--pairs 20] [--json]
 *
 * A ratio above 1 is faster than the other. The interval is that of the median of paired ratios at 95 %, by order
 * statistics; load on the machine meets both sides of a pair alike.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The least share of the other's speed that a change may leave. */
export const leastRatio = 0.97;

class Side {
  constructor(build) {
    this.process = fork(join(import.meta.dirname, "side.mjs"), [build]);
  }

  async ask(ask, question = {}) {
    const heard = new AbortController();
    const { signal } = heard;
    const answered = once(this.process, "message", { signal });
    const died = once(this.process, "exit", { signal }).then(() => {
      throw new Error(`a side of the comparison ended while it was asked to ${ask}`);
    });
    died.catch(() => {}); // it lives: the abort below ends the waiting
    this.process.send({ ask, ...question });
    try {
      const [{ answer }] = await Promise.race([answered, died]);
      return answer;
    } finally {
      heard.abort();
    }
  }

  stop() {
    this.process.kill();
  }
}

const median = (sorted) => (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;

/** The median of some ratios and the order statistics that hold the true one in 95 of 100 cases. */
export function summary(ratios) {
  const sorted = [...ratios].sort((a, b) => a - b);
  const half = 0.98 * Math.sqrt(sorted.length);
  const low = Math.max(0, Math.floor(sorted.length / 2 - half));
  const high = Math.min(sorted.length - 1, Math.ceil(sorted.length / 2 + half) - 1);
  return { ratio: median(sorted), interval: [sorted[low], sorted[high]] };
}

/** Compares one configuration; each pair is measured in the other order than the one before. */
async function compare(name, ours, theirs, pairs) {
  const [count] = await Promise.all([ours.ask("create", { name }), theirs.ask("create", { name })]);
  const timeOf = async (side) => median((await side.ask("times", { count })).sort((a, b) => a - b));
  const ratios = [];
  for (let pair = 0; pair < pairs; pair++) {
    const order = pair % 2 === 0 ? [ours, theirs] : [theirs, ours];
    const times = new Map();
    for (const side of order) times.set(side, await timeOf(side));
    ratios.push(times.get(theirs) / times.get(ours));
  }
  await Promise.all([ours.ask("dispose"), theirs.ask("dispose")]);
  return summary(ratios);
}

/** @returns by configuration the ratio and its interval. @param say told of each as it comes */
export async function against(build, names, pairs, say) {
  const sides = [new Side(join(import.meta.dirname, "..")), new Side(build)];
  try {
    const results = {};
    for (const name of names) {
      const { ratio, interval } = await compare(name, ...sides, pairs);
      results[name] = { ratio, interval, pairs };
      const [low, high] = interval.map((value) => value.toFixed(3));
      say(`${name.padEnd(7)} ${ratio.toFixed(3)} (${low} to ${high}) of ${pairs} pairs`);
    }
    return results;
  } finally {
    for (const side of sides) side.stop();
  }
}
