/** Sides that take turns, so that load on the machine meets all of them alike, and what their times say. */
import { setTimeout } from "node:timers/promises";

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

/** The median of some ratios and the order statistics that hold the true one in 95 of 100 cases; all of fewer than 6. */
export function summary(ratios) {
  const sorted = [...ratios].sort((a, b) => a - b);
  const low = outer(sorted.length);
  return { ratio: median(sorted), interval: [sorted[low], sorted[sorted.length - 1 - low]] };
}

/** How many numbers to leave out on each side: so few of them lie below the median in 1 of 40 cases at most. */
function outer(count) {
  let [rank, chance] = [0, 2 ** -count];
  for (let tail = chance; tail <= 0.025; tail += chance) {
    rank += 1;
    chance *= (count - rank + 1) / rank;
  }
  return Math.max(0, rank - 1);
}

/** How long a turn takes at least, in ms, where a step is shorter. */
const turn = 120;
/** Pools of threads spin for a while after their work; the next side does not pay for that. */
const rest = 60;

const timesOf = async (side, count) => {
  const times = await side.times(count);
  await setTimeout(rest);
  return median(times);
};

/**
 * Some rounds of all sides, each round in another order.
 *
 * @param sides each with `times(count)`, how long each of some steps takes in ms
 * @returns by side the medians of its turns in ms, in the order of the rounds
 */
export async function interleaved(sides, rounds) {
  const counts = new Map();
  for (const side of sides) {
    const ms = await timesOf(side, 3);
    counts.set(side, Math.max(1, Math.min(20, Math.round(turn / ms))));
  }
  const times = new Map(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < sides.length; i++) {
      const side = sides[(i + round) % sides.length];
      times.get(side).push(await timesOf(side, counts.get(side)));
    }
  return times;
}
